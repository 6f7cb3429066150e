import type { Plane } from '../../frames';
import type { BackendChoice, EnhanceModel } from '../../runtime';
import { LumaUpscaler } from './luma-upscaler';

/** Enough for all threads to have work, little enough to be done at once. */
const WIDTH = 192;
const HEIGHT = 108;
/** The best of so many runs counts: whatever else the machine does only makes a run longer. */
const RUNS = 2;

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
  const width = Math.min(WIDTH, frame.width);
  const height = Math.min(HEIGHT, frame.height);
  const key = `${model.manifest.sha256} ${backend.description} ${width}×${height}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const upscaler = await LumaUpscaler.open(model, backend, { note: () => undefined });
  try {
    const seconds = (await secondsOf(upscaler, width, height)) / (width * height);
    known.set(key, seconds);
    return seconds;
  } finally {
    await upscaler.close();
  }
}

async function secondsOf(upscaler: LumaUpscaler, width: number, height: number): Promise<number> {
  const { scale } = upscaler;
  const codes = Uint8Array.from({ length: width * height }, (_, index) => 16 + ((index * 7919) % 220));
  const source: Plane = { width, height, data: codes };
  const data = new Uint8Array(codes.length * scale ** 2);
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
