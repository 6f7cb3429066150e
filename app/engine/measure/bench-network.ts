import { UserError, type BenchRow } from '../../shared';
import {
  chooseBackend,
  HybridSession,
  kernelOperators,
  modelsFor,
  ofSize,
  processKernels,
  readModelFile,
  type HostTensor,
} from '../runtime';
import { HEIGHT, WIDTH } from './bench-clip';
import { median } from './median';

const RUNS = 9;

/** Seconds of every part of the network, and of the way of a frame into it and out, each the median of some runs. */
export async function benchNetwork(): Promise<readonly BenchRow[]> {
  const model = ofSize(await modelsFor({ scale: 2 }), 'light');
  if (!model) throw new UserError('model-missing', 'There is no model that enlarges by 2 to be measured.');
  const { description } = await chooseBackend('cpu');
  const kernels = processKernels();
  const session = await HybridSession.create(await readModelFile(model.folder, model.manifest), {
    threads: kernels.threads,
    operators: kernelOperators(kernels),
  });
  try {
    const { name, scale, inputs, outputs } = model.manifest;
    const group = `${name}, ${WIDTH}×${HEIGHT} × ${scale}, ${description}`;
    const codes = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, index) => 16 + ((index * 7919) % 220));
    const luma = new Float32Array(codes.length);
    const chroma = codes.subarray(0, codes.length / 4);
    const enlarged = new Uint8Array(codes.length * scale * scale);
    const feed: HostTensor = { type: 'float32', dims: [1, 1, HEIGHT, WIDTH], data: luma };
    const times = new Map<string, number[]>();
    const note = (part: string, seconds: number): void => {
      times.set(part, [...(times.get(part) ?? []), seconds]);
    };
    const measure = async (part: string, work: () => Promise<unknown>): Promise<void> => {
      const start = performance.now();
      await work();
      note(part, (performance.now() - start) / 1000);
    };
    // The first run makes the buffers.
    for (let run = 0; run <= RUNS; run++) {
      if (run === 1) times.clear();
      await measure('luma to float', async () => kernels.planeToFloat(codes, luma, 1 / 255, 0));
      let result: HostTensor | undefined;
      await measure('whole network', async () => {
        result = (await session.run({ [inputs[0]?.name ?? '']: feed }))[outputs[0]?.name ?? ''];
      });
      for (const { label, seconds } of session.timings) note(label, seconds);
      const output = result?.data;
      if (!(output instanceof Float32Array)) throw new Error(`The model ${name} gave no luma.`);
      await measure('float to luma', async () => kernels.floatToPlane(output, enlarged, 255, 0, 0, 255));
      await measure('chroma, both planes', async () => {
        for (let plane = 0; plane < 2; plane++)
          await kernels.resizeBicubic(
            chroma,
            WIDTH / 2,
            HEIGHT / 2,
            enlarged.subarray(0, chroma.length * scale * scale),
            (WIDTH / 2) * scale,
            (HEIGHT / 2) * scale,
            { phaseX: 0, phaseY: 0, maxCode: 255 },
          );
      });
    }
    const rows = [...times].map(([part, seconds]): BenchRow => ({
      group,
      name: part,
      value: 1000 * median(seconds),
      unit: 'ms',
    }));
    const megapixels = (WIDTH * HEIGHT * scale * scale) / 1e6;
    const whole = median(times.get('whole network') ?? []);
    return [...rows, { group, name: 'whole network, per output', value: whole / megapixels, unit: 's/MP' }];
  } finally {
    await session.close();
  }
}
