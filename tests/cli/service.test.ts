import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearcut, startCli } from '../support/cli';
import { makeClip, temporaryFolder } from '../support/media';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

let folder: string;
let cleanUp: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
});
afterAll(() => cleanUp());

describe('the other commands', () => {
  it('probe says what a file is', async () => {
    const clip = await makeClip(join(folder, 'ünï (1).mkv'), { seconds: 1 });
    const { code, stdout, stderr } = await clearcut('probe', clip, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'video',
      path: clip,
      video: { width: 64, height: 48, bitDepth: 8 },
    });
    expect((await clearcut('probe', join(folder, 'nowhere'))).code).toBe(2);
    const anamorphic = await makeClip(join(folder, 'dvd.mp4'), {
      ...{ width: 90, seconds: 0.2 },
      args: ['-vf', 'setsar=16/15', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
    });
    const told = await clearcut('probe', anamorphic);
    expect(told.stdout).toMatch(/MP4 or MOV/);
    expect(told.stdout).toMatch(/90×48.*shown as 96×48/);
  });

  it('go on unheard where nobody reads what they print', async () => {
    const { child, ended } = startCli(['models', '--json']);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('models lists what is there with its measured quality', async () => {
    const { code, stdout } = await clearcut('models', '--json');
    expect(code).toBe(0);
    const { models } = JSON.parse(stdout) as {
      models: { task: string; scale: number; quality: unknown[] }[];
    };
    expect(models).toContainEqual(expect.objectContaining({ task: 'enhance', scale: 2 }));
    expect(models[0]?.quality.length).toBeGreaterThan(0);
  });

  it('eval sr measures a folder of pairs, whatever their image formats', async () => {
    const data = join(folder, 'pairs');
    await mkdir(join(data, 'HR'), { recursive: true });
    await mkdir(join(data, 'LR'));
    const picture = sharp({
      create: {
        width: 48,
        height: 36,
        channels: 3,
        background: 'grey',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    }).blur(2);
    const large = await picture.png().toBuffer();
    for (const [name, format] of [
      ['a', 'png'],
      ['b', 'webp'],
    ] as const) {
      await sharp(large)
        .png()
        .toFile(join(data, 'HR', `${name}.png`));
      await sharp(large)
        .resize(24, 18, { kernel: 'cubic' })
        .toFormat(format)
        .toFile(join(data, 'LR', `${name}.${format}`));
    }
    const { code, stdout } = await clearcut('eval', 'sr', data, '--scale', '2', '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as {
      images: { name: string }[];
      mean: { model: { psnr: number }; bicubic: { psnr: number } };
    };
    expect(result.images.map((image) => image.name)).toEqual(['a', 'b']);
    expect(result.mean.model.psnr).toBeGreaterThan(20);
    expect(result.mean.bicubic.psnr).toBeGreaterThan(20);
    expect((await clearcut('eval', 'sr', folder, '--scale', '2')).code).toBe(2);
  });

  it.each([[], ['run'], ['probe'], ['models'], ['serve'], ['eval', 'sr'], ['bench']])(
    'help stands for %j',
    async (...command: string[]) => {
      const { code, stdout } = await clearcut(...command, '--help');
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: clearcut');
    },
  );
});
