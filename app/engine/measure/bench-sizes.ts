import type { BenchRow, EnhanceManifest } from '../../shared';
import type { Plane } from '../frames';
import { chooseBackend, findModel, modelsOf, processKernels } from '../runtime';
import { LumaUpscaler } from '../stages';
import { HEIGHT, RATE, WIDTH, wholeJob, withClip } from './bench-clip';
import type { BenchContext } from './bench-section';
import { median } from './median';

const RUNS = 5;
/** A whole job is measured on as many frames as take about this long, within what the clip has. */
const JOB_SECONDS = 6;
const [LEAST_FRAMES, MOST_FRAMES] = [12, 72];

/**
 * Every network that is there on a frame of 640×360: seconds per output megapixel beside bicubic
 * enlargement by the same factor in the same run, and, for factor 2, the whole job beside real time.
 */
export async function benchSizes({ tools, onProgress }: BenchContext): Promise<readonly BenchRow[]> {
  const models = await modelsOf('enhance');
  const networks: BenchRow[] = [];
  const jobs: BenchRow[] = [];
  await withClip(tools, async (clip, folder) => {
    for (const { manifest } of models) {
      onProgress(manifest.name);
      const { network, bicubic } = await secondsOf(manifest);
      const megapixels = (WIDTH * HEIGHT * manifest.scale ** 2) / 1e6;
      networks.push({
        group: `networks, ${WIDTH}×${HEIGHT}, times bicubic`,
        name: manifest.name,
        value: network / megapixels,
        unit: 's/MP',
        baseline: { name: 'bicubic', value: bicubic / megapixels },
        ratio: network / bicubic,
      });
      if (manifest.scale !== 2) continue;
      const frames = Math.round(Math.min(MOST_FRAMES, Math.max(LEAST_FRAMES, JOB_SECONDS / (1.5 * network))));
      const stage = { kind: 'enhance', scale: 2, model: manifest.name } as const;
      const value = await wholeJob(tools, clip, folder, stage, frames);
      jobs.push({
        group: `whole jobs, ${WIDTH}×${HEIGHT} → ${2 * WIDTH}×${2 * HEIGHT}, H.264, times real time`,
        name: manifest.name,
        value,
        unit: 'fps',
        baseline: { name: 'the clip', value: RATE },
        ratio: value / RATE,
      });
    }
  });
  return [...networks, ...jobs];
}

/** Seconds of a frame's luma through a network and through a bicubic resize, in turns. */
async function secondsOf({ name, scale }: EnhanceManifest): Promise<{ network: number; bicubic: number }> {
  const model = await findModel(scale, name);
  const upscaler = await LumaUpscaler.open(model, await chooseBackend('cpu'), { note: () => undefined });
  try {
    const kernels = processKernels();
    const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, index) => 16 + ((index * 7919) % 220));
    const source: Plane = { width: WIDTH, height: HEIGHT, data };
    const enlarged = new Uint8Array(data.length * scale ** 2);
    const target: Plane = { width: WIDTH * scale, height: HEIGHT * scale, data: enlarged };
    const times = { network: [] as number[], bicubic: [] as number[] };
    // The first run makes the buffers.
    for (let run = 0; run <= RUNS; run++) {
      const start = performance.now();
      await upscaler.enlarge(source, target, { bitDepth: 8, range: 'limited' });
      const between = performance.now();
      await kernels.resizeBicubic(data, WIDTH, HEIGHT, enlarged, target.width, target.height);
      if (run === 0) continue;
      times.network.push((between - start) / 1000);
      times.bicubic.push((performance.now() - between) / 1000);
    }
    return { network: median(times.network), bicubic: median(times.bicubic) };
  } finally {
    await upscaler.close();
  }
}
