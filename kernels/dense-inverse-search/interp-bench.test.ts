// Prints how well the middle frames of interp-bench are met, and how long it takes on one thread:
// npx vitest run kernels/dense-inverse-search/interp-bench.test.ts
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels } from '..';

const BENCH = fileURLToPath(new URL('../../../shared/data/interp-bench', import.meta.url));
const missing = !existsSync(BENCH) || compiledKernels().length === 0;
if (missing) console.log(`interp-bench: skipped, without ${BENCH} or compiled kernels`);

/** What must be reached on each set, in dB. */
const GOALS = [
  { finestScale: 1, set: 'middlebury', least: 35.09 },
  { finestScale: 1, set: 'davis', least: 24.18 },
  { finestScale: 0, set: 'middlebury', least: 35.75 },
  { finestScale: 0, set: 'davis', least: 24.27 },
] as const;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly codes: Buffer;
}

async function read(file: string): Promise<Picture> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, codes: data };
}

function planes({ codes }: Picture): Float32Array {
  const area = codes.length / 3;
  return Float32Array.from(
    { length: codes.length },
    (_, i) => codes[(i % area) * 3 + Math.floor(i / area)]! / 255,
  );
}

function psnr(middle: Float32Array, { codes }: Picture): number {
  const area = codes.length / 3;
  let sum = 0;
  middle.forEach((value, i) => {
    const code = Math.round(255 * Math.min(1, Math.max(0, value)));
    sum += (code - codes[(i % area) * 3 + Math.floor(i / area)]!) ** 2;
  });
  return 10 * Math.log10((255 ** 2 * codes.length) / sum);
}

interface Measured {
  readonly psnr: number;
  /** Seconds. */
  readonly estimate: number;
  readonly warp: number;
}

async function measure(folder: string, finestScale: 0 | 1): Promise<Measured> {
  const [previous, middle, next] = (await Promise.all(
    ['frame10.png', 'frame10i11.png', 'frame11.png'].map((name) => read(join(folder, name))),
  )) as [Picture, Picture, Picture];
  const { width, height } = previous;
  const session = loadKernels().createMotionSession({ width, height, finestScale, threads: 1 });
  const frames = [planes(previous), planes(next)] as const;
  const warpedPrevious = new Float32Array(3 * width * height);
  const warpedNext = new Float32Array(3 * width * height);
  const seconds = { estimate: Infinity, warp: Infinity };
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    await session.estimate(...frames);
    const estimated = performance.now();
    await session.warpTo(0.5, { warpedPrevious, warpedNext });
    seconds.estimate = Math.min(seconds.estimate, (estimated - start) / 1000);
    seconds.warp = Math.min(seconds.warp, (performance.now() - estimated) / 1000);
  }
  session.dispose();
  const mean = warpedPrevious.map((value, i) => (value + warpedNext[i]!) / 2);
  return { psnr: psnr(mean, middle), ...seconds };
}

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

describe.skipIf(missing)('dense inverse search on interp-bench', () => {
  it.each(GOALS)(
    'reaches $least dB on $set, finest scale $finestScale',
    async ({ set, finestScale, least }) => {
      const results: Measured[] = [];
      for (const name of readdirSync(join(BENCH, set)))
        results.push(await measure(join(BENCH, set, name), finestScale));
      const mean = (key: keyof Measured): number =>
        results.reduce((sum, result) => sum + result[key], 0) / results.length;
      console.log(
        `${set}, finest scale ${finestScale}: ${mean('psnr').toFixed(2)} dB, ` +
          `estimate ${mean('estimate').toFixed(3)} s, warp ${mean('warp').toFixed(3)} s a pair`,
      );
      expect(mean('psnr')).toBeGreaterThan(least);
    },
  );
});
