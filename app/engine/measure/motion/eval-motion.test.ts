import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip, temporaryFolder, tools } from '../../../../tests/support/media';
import {
  CancelledError,
  type EvalDeblurRequest,
  type EvalInterpRequest,
  type EvalMotionResult,
} from '../../../shared';
import { evalDeblur, evalInterp, type EvalContext } from './eval-motion';
import { TRIPLET_FILES } from './triplets';

const BENCH = fileURLToPath(new URL('../../../../../shared/data/interp-bench', import.meta.url));
const live = new AbortController().signal;

const context = async (signal = live): Promise<EvalContext> => ({
  tools: await tools(),
  signal,
  onProgress: () => undefined,
});
const interp = async (request: EvalInterpRequest): Promise<EvalMotionResult> =>
  evalInterp(request, await context());
const deblur = async (request: EvalDeblurRequest): Promise<EvalMotionResult> =>
  evalDeblur(request, await context());

describe('the evaluation on triplets that were made', () => {
  const [width, height] = [96, 64];
  let folder = '';
  let cleanUp: () => Promise<void>;
  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
    // Brightness that rises evenly is what a mean predicts; a pattern that shifts is what motion search predicts.
    await make('fade', (x, y, time) => 60 + 40 * time + ((x * 7 + y * 3) % 50));
    await make('shift', (x, y, time) => 128 + 100 * Math.sin((x - 3 * time) / 5) * Math.cos(y / 7));
  });
  afterAll(() => cleanUp());

  async function make(name: string, value: (x: number, y: number, time: number) => number): Promise<void> {
    await mkdir(join(folder, name));
    for (const [time, file] of TRIPLET_FILES.entries()) {
      const data = Uint8Array.from({ length: width * height }, (_, index) =>
        Math.round(value(index % width, Math.floor(index / width), time)),
      );
      await sharp(data, { raw: { width, height, channels: 1 } })
        .toColourspace('srgb')
        .png()
        .toFile(join(folder, name, file));
    }
  }

  it('gives full marks to a mean where the truth is the mean, and fewer where things move', async () => {
    const result = await interp({ directory: folder, method: 'blend' });
    expect(result).toMatchObject({ task: 'interp', directory: folder, material: 'triplets', notes: [] });
    expect(result.methods.map(({ name }) => name)).toEqual(['blend']);
    const [fade, shift] = result.sequences;
    expect(fade).toMatchObject({ name: 'fade', width, height, frames: 1 });
    expect(fade?.scores.blend).toMatchObject({ psnr: 100, psnrMoving: 100, movingShare: 1, flicker: null });
    expect(fade?.scores.blend?.ssim).toBeCloseTo(1, 9);
    expect(shift?.scores.blend?.psnr).toBeLessThan(30);
    expect(result.mean.blend?.psnr).toBeCloseTo((100 + (shift?.scores.blend?.psnr ?? 0)) / 2, 9);
    expect(result.mean.blend?.psnrMin).toBe(shift?.scores.blend?.psnr);
  });

  it('measures all methods side by side, and notes those that could not be had', async () => {
    const result = await interp({ directory: folder, method: 'all' });
    const names = result.methods.map(({ name }) => name);
    expect(names).toContain('blend');
    expect(names).toContain('minterpolate');
    expect(names.length + result.notes.length).toBe(5);
    const { blend, minterpolate } = result.sequences.find(({ name }) => name === 'shift')?.scores ?? {};
    expect(minterpolate?.psnr).toBeGreaterThan((blend?.psnr ?? 0) + 5);
    expect(minterpolate?.secondsPerFrame).toBeGreaterThan(0);
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    const stopping: EvalContext = {
      ...(await context(abort.signal)),
      onProgress: () => {
        abort.abort();
      },
    };
    await expect(evalInterp({ directory: folder, method: 'minterpolate' }, stopping)).rejects.toBeInstanceOf(
      CancelledError,
    );
  });

  it('says which frames are too small', async () => {
    const tiny = await temporaryFolder();
    await mkdir(join(tiny.path, 'a'));
    for (const file of TRIPLET_FILES)
      await sharp({ create: { width: 10, height: 10, channels: 3, background: 'red' } })
        .png()
        .toFile(join(tiny.path, 'a', file));
    await expect(interp({ directory: tiny.path, method: 'blend' })).rejects.toThrow('a (10×10) is too small');
    await tiny.cleanUp();
  });
});

it('leaves sharp frames that nobody touches without a fault, and says which clips are too short', async () => {
  const { path, cleanUp } = await temporaryFolder();
  const clip = await makeClip(join(path, 'clip.mp4'), { seconds: 0.2, sound: false });
  const { task, sequences, mean } = await deblur({ directory: path, method: 'input', sharp: true });
  expect([task, sequences[0]?.frames]).toEqual(['sharp', 5]);
  expect(mean.input).toMatchObject({ psnr: 100, psnrMin: 100, flicker: 0 });
  await makeClip(clip.replace('clip', 'still'), { seconds: 0.04, sound: false });
  await expect(interp({ directory: path, method: 'blend' })).rejects.toThrow('still.mp4 has too few frames');
  await cleanUp();
});

it('tells the PSNR at every place where more than one frame is made between two', async () => {
  const { path, cleanUp } = await temporaryFolder();
  await makeClip(join(path, 'clip.mp4'), { width: 64, height: 48, seconds: 0.4, sound: false });
  for (const method of ['blend', 'minterpolate'] as const) {
    const { sequences, mean } = await interp({ directory: path, method, factor: 4 });
    expect(sequences[0]?.frames).toBe(6);
    const places = mean[method]?.psnrByPlace ?? [];
    expect(places).toHaveLength(3);
    expect(places.reduce((sum, psnr) => sum + psnr, 0) / 3).toBeCloseTo(mean[method]?.psnr ?? 0, 9);
  }
  await cleanUp();
});

/** Figures of the data's own description, and of the study that the product is held against. */
describe('the known figures', () => {
  it.skipIf(!existsSync(BENCH)).each([
    ['middlebury', 28.02, 33.17],
    ['davis', 19.68, 23.55],
  ])('come out on the triplets of %s: mean %f dB, minterpolate %f dB', async (name, blend, minterpolate) => {
    const { mean } = await interp({ directory: join(BENCH, name), method: 'blend' });
    expect(Math.abs((mean.blend?.psnr ?? 0) - blend)).toBeLessThan(0.006);
    const filtered = await interp({ directory: join(BENCH, name), method: 'minterpolate' });
    expect(Math.abs((filtered.mean.minterpolate?.psnr ?? 0) - minterpolate)).toBeLessThan(0.1);
  });

  it.skipIf(!existsSync(BENCH))('come out on the clips that are blurred', async () => {
    const { sequences } = await deblur({ directory: join(BENCH, 'blur'), method: 'input' });
    const expected: Record<string, [number, number]> = {
      'fountain_pan.mp4': [9, 26.45],
      'lab_step_cam03.mp4': [12, 32.01],
      'cliff_flight.mp4': [20, 27.31],
    };
    expect(sequences).toHaveLength(3);
    for (const { name, frames, scores } of sequences) {
      expect(frames).toBe(expected[name]?.[0]);
      expect(Math.abs((scores.input?.psnr ?? 0) - (expected[name]?.[1] ?? 0))).toBeLessThan(0.006);
    }
  });
});
