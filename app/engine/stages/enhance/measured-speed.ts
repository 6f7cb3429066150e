import { pixelFormat, type Plane, type StreamFormat } from '../../frames';
import type { BackendChoice, EnhanceModel } from '../../runtime';
import { GpuWay } from './gpu-way';
import { LumaUpscaler } from './luma-upscaler';

/** Enough for all threads to have work, little enough to be done at once. */
const PICTURE = { width: 192, height: 108 } as const;
/** Enough for a graphics card to matter more than the way to it. */
const GPU_PICTURE = { width: 640, height: 360 } as const;
/** The best of so many runs counts: whatever else the machine does only makes a run longer. */
const RUNS = 2;
/** Frames that a graphics card is timed on, some of them under way at once. */
const GPU_FRAMES = 6;

/** What is timed: luma alone, as it is most of the work. */
const GREY: StreamFormat = {
  ...{ width: 0, height: 0, timeBase: { num: 1, den: 1 }, frameRate: null },
  format: greyFormat(),
  colour: {
    ...{ matrix: 'bt709', range: 'limited', primaries: 'bt709', transfer: 'bt709' },
    ...{ chromaLocation: 'left', rangeStated: true },
  },
};

const known = new Map<string, number>();

/**
 * Seconds that a network takes per sample of the plane that it is given, measured on a small picture
 * (no larger than `frame`) with everything that a frame's luma goes through; once a process.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function secondsPerSample(
  model: EnhanceModel,
  backend: BackendChoice,
  frame: { readonly width: number; readonly height: number },
): Promise<number> {
  const { adapter } = backend;
  const largest = adapter === undefined ? PICTURE : GPU_PICTURE;
  const width = Math.min(largest.width, frame.width);
  const height = Math.min(largest.height, frame.height);
  const key = `${model.manifest.sha256} ${backend.description} ${width}×${height}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const seconds =
    adapter === undefined
      ? await secondsOnProcessor(model, backend, width, height)
      : await secondsOnGpu(model, adapter, width, height);
  known.set(key, seconds / (width * height));
  return seconds / (width * height);
}

/** Seconds a frame of grey, with frames under way as in a job. */
async function secondsOnGpu(
  model: EnhanceModel,
  adapter: string,
  width: number,
  height: number,
): Promise<number> {
  const { scale } = model.manifest;
  const output = { ...GREY, width: width * scale, height: height * scale };
  const way = await GpuWay.open({
    model,
    adapter,
    input: { ...GREY, width, height },
    output,
    note: () => undefined,
  });
  try {
    const frame = async (): Promise<void> => {
      const target = {
        width: output.width,
        height: output.height,
        data: new Uint8Array(output.width * output.height),
      };
      await way.enlarge([{ width, height, data: codesFor(width * height) }], [target]);
    };
    // The first one compiles its shaders.
    await frame();
    const start = performance.now();
    await Promise.all(Array.from({ length: GPU_FRAMES }, frame));
    return (performance.now() - start) / 1000 / GPU_FRAMES;
  } finally {
    await way.close();
  }
}

async function secondsOnProcessor(
  model: EnhanceModel,
  backend: BackendChoice,
  width: number,
  height: number,
): Promise<number> {
  const upscaler = await LumaUpscaler.open(model, backend, { note: () => undefined });
  try {
    return await secondsOf(upscaler, width, height);
  } finally {
    await upscaler.close();
  }
}

async function secondsOf(upscaler: LumaUpscaler, width: number, height: number): Promise<number> {
  const { scale } = upscaler;
  const source: Plane = { width, height, data: codesFor(width * height) };
  const data = new Uint8Array(width * height * scale ** 2);
  const target: Plane = { width: width * scale, height: height * scale, data };
  let best = Infinity;
  // The first run makes buffers.
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now();
    await upscaler.enlarge(source, target, { bitDepth: 8, range: 'limited' });
    if (run > 0) best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

function codesFor(samples: number): Uint8Array {
  return Uint8Array.from({ length: samples }, (_, index) => 16 + ((index * 7919) % 220));
}

function greyFormat(): StreamFormat['format'] {
  const grey = pixelFormat('gray');
  if (!grey) throw new Error('Expected the format gray.');
  return grey;
}
