import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvalMotionResult } from '../../app/shared';
import { clearcut, startCli } from '../support/cli';
import { makeClip, temporaryFolder } from '../support/media';

let folder: string;
let cleanUp: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  for (const [index, name] of ['first', 'second'].entries()) {
    await mkdir(at('triplets', name), { recursive: true });
    for (const [time, file] of ['frame10', 'frame10i11', 'frame11'].entries())
      await paint(at('triplets', name, `${file}.png`), 4 * index * time);
  }
});
afterAll(() => cleanUp());

const at = (...names: readonly string[]): string => join(folder, ...names);

function paint(path: string, shift: number): Promise<unknown> {
  const [width, height] = [48, 32];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const x = Math.floor(index / 3) % width;
    return 128 + 100 * Math.sin((x - shift) / 4 + Math.floor(index / 3 / width) / 6);
  });
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
}

describe('eval interp', () => {
  it('gives one JSON document with the scores of every triplet and method', async () => {
    const { code, stdout, stderr } = await clearcut(
      'eval',
      'interp',
      at('triplets'),
      '--method',
      'blend',
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as EvalMotionResult;
    expect(result).toMatchObject({
      task: 'interp',
      directory: at('triplets'),
      material: 'triplets',
      methods: [{ name: 'blend', description: 'mean of both neighbours' }],
      notes: [],
    });
    expect(result.sequences.map(({ name, frames }) => [name, frames])).toEqual([
      ['first', 1],
      ['second', 1],
    ]);
    const [first, second] = result.sequences.map(({ scores }) => scores.blend);
    expect(first).toMatchObject({ psnr: 100, psnrMin: 100, psnrMoving: null, movingShare: 0, flicker: null });
    expect(second?.psnr).toBeLessThan(25);
    expect(second?.psnrMoving).toBeLessThan(25);
    expect(result.mean.blend?.psnr).toBeCloseTo((100 + (second?.psnr ?? 0)) / 2, 9);
  });

  it('prints a table with the means at its end', async () => {
    const { code, stdout } = await clearcut('eval', 'interp', at('triplets'), '--method', 'blend');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(`Interpolation: 2 triplets of ${at('triplets')}, 2 frames by each method`);
    expect(lines[2]).toMatch(/method +PSNR +worst +SSIM +moving/);
    expect(lines[3]).toMatch(/^first +blend +100\.00 +100\.00 +1\.0000 +–/);
    expect(lines.at(-1)).toMatch(/^mean +blend +\d+\.\d\d /);
  });

  it('stops on Ctrl+C', async () => {
    await mkdir(at('long'));
    await makeClip(at('long', 'a.mp4'), { seconds: 0.2, sound: false });
    await makeClip(at('long', 'b.mp4'), { seconds: 60, sound: false });
    const cli = startCli(['eval', 'interp', at('long'), '--method', 'minterpolate'], { CLEARCUT_DEBUG: '1' });
    // The first clip's line: the second is at work.
    cli.child.stderr?.once('data', () => cli.child.kill('SIGINT'));
    expect((await cli.ended).code).toBe(130);
  });
});

describe('eval deblur', () => {
  it('measures how far sharp frames come back', async () => {
    await mkdir(at('clips'));
    await makeClip(at('clips', 'clip.mp4'), { seconds: 0.2, sound: false });
    const args = ['eval', 'deblur', at('clips'), '--sharp', '--method', 'input', '--json'];
    const { code, stdout } = await clearcut(...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ task: 'sharp', mean: { input: { psnr: 100 } } });
  });
});

describe('what can’t be measured', () => {
  it.each([
    [['interp', 'nowhere'], 'There is no folder nowhere'],
    [['interp', '.', '--method', 'magic'], 'Allowed choices are model, motion, blend, minterpolate, dis, all'],
    [['deblur', '.', '--method', 'blend'], 'Allowed choices are model, input, all'],
  ])('is refused: %j', async (args, message) => {
    const { code, stdout, stderr } = await clearcut('eval', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
