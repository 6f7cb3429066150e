import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processKernels } from '../runtime';
import { evalSr } from './eval-sr';

const SET5 = fileURLToPath(new URL('../../../../shared/data/sr-bench/Set5/x2', import.meta.url));
/** Without compiled kernels the five pictures take minutes. */
const canMeasure = existsSync(SET5) && processKernels().name !== 'reference';
const quiet = (): void => undefined;

describe('the evaluation of super-resolution', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearcut-eval-'));
    await mkdir(join(folder, 'HR'));
    await mkdir(join(folder, 'LR'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const paint = (width: number, height: number, channels: 1 | 3): Sharp => {
    const data = Uint8Array.from({ length: width * height * channels }, (_, index) => {
      const pixel = Math.floor(index / channels);
      const wave =
        Math.sin((6.28 * (pixel % width)) / width) * Math.cos((9 * Math.floor(pixel / width)) / height);
      return Math.round(128 + 90 * wave * (channels === 1 ? 1 : 1 - (index % 3) / 4));
    });
    return sharp(data, { raw: { width, height, channels } });
  };

  it('pairs files of equal names and measures the network beside bicubic', async () => {
    await paint(48, 40, 3)
      .png()
      .toFile(join(folder, 'HR', 'waves.png'));
    await paint(24, 20, 3)
      .webp({ lossless: true })
      .toFile(join(folder, 'LR', 'waves.webp'));
    await paint(40, 36, 1)
      .toColourspace('b-w')
      .png()
      .toFile(join(folder, 'HR', 'grey.png'));
    await paint(20, 18, 1)
      .jpeg({ quality: 100 })
      .toFile(join(folder, 'LR', 'grey.jpeg'));
    await writeFile(join(folder, 'LR', 'notes.txt'), 'no picture');
    const result = await evalSr({ directory: folder, scale: 2 }, quiet);
    expect(result).toMatchObject({
      directory: folder,
      scale: 2,
      model: expect.stringContaining('x2') as string,
    });
    expect(result.images.map((image) => image.name)).toEqual(['grey', 'waves']);
    for (const score of result.images.flatMap((image) => [image.model, image.bicubic])) {
      expect(score.psnr).toBeGreaterThan(25);
      expect(score.ssim).toBeGreaterThan(0.8);
      expect(score.secondsPerMegapixel).toBeGreaterThan(0);
    }
    const [first, second] = result.images;
    expect(result.mean.model.psnr).toBeCloseTo((first!.model.psnr + second!.model.psnr) / 2, 9);
  });

  it('says what is wrong with the folder', async () => {
    const failing = (scale = 2): Promise<unknown> => evalSr({ directory: folder, scale }, quiet);
    await expect(failing()).rejects.toMatchObject({ code: 'no-media' });
    await paint(48, 40, 3)
      .png()
      .toFile(join(folder, 'HR', 'a.png'));
    await expect(failing()).rejects.toThrow(/a\.png has no picture of the same name in .*LR/);
    await paint(24, 21, 3)
      .png()
      .toFile(join(folder, 'LR', 'a.png'));
    await expect(failing()).rejects.toThrow('a.png (48×40) is not 2 times as large as');
    await writeFile(join(folder, 'LR', 'a.png'), 'no picture');
    await expect(failing()).rejects.toMatchObject({ code: 'damaged-input' });
    await rm(join(folder, 'LR'), { recursive: true });
    await expect(failing()).rejects.toMatchObject({ code: 'no-such-file' });
  });

  it.skipIf(!canMeasure)('gives the published figures for bicubic on Set5 ×2', async () => {
    const { mean } = await evalSr({ directory: SET5, scale: 2 }, quiet);
    expect(Math.abs(mean.bicubic.psnr - 33.665)).toBeLessThan(0.01);
    expect(Math.abs(mean.bicubic.ssim - 0.93)).toBeLessThan(0.001);
    expect(mean.model.psnr).toBeGreaterThan(mean.bicubic.psnr + 3);
  });
});
