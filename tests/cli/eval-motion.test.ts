import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvalMotionResult } from '../../app/shared';
import { clearcut, startCli, type CliResult } from '../support/cli';
import { makeClip, temporaryFolder } from '../support/media';
import { installToy, toyNetwork } from '../support/toy-network';

let folder: string;
let cleanUp: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  for (const [index, name] of ['first', 'second'].entries()) {
    await mkdir(at('triplets', name), { recursive: true });
    for (const [time, file] of ['frame10', 'frame10i11', 'frame11'].entries())
      await paint(at('triplets', name, `${file}.png`), 4 * index * time);
  }
  await mkdir(at('clips'));
  await makeClip(at('clips', 'clip.mp4'), { seconds: 0.2, sound: false });
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
    const args = ['eval', 'deblur', at('clips'), '--sharp', '--method', 'input', '--json'];
    const { code, stdout } = await clearcut(...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ task: 'sharp', mean: { input: { psnr: 100 } } });
  });
});

describe('a network for motion', () => {
  const run = async (models: string, ...args: string[]): Promise<CliResult> =>
    startCli(['eval', ...args, '--json'], { CLEARCUT_MODELS: models }).ended;
  let models: string;
  let none: string;
  beforeAll(async () => {
    models = await installToy(at('models'), toyNetwork());
    none = at('none');
    await mkdir(none);
  });

  it('is measured beside the rest, by its name', async () => {
    const found = await run(models, 'interp', at('triplets'), '--method', 'model');
    const interp = JSON.parse(found.stdout) as EvalMotionResult;
    expect(interp.methods[0]?.description).toMatch(/^Clearcut, toy-motion \(CPU/);
    expect(interp.mean.model?.psnr).toBeGreaterThan(20);
    const unharmed = await run(models, 'deblur', at('clips'), '--sharp', '--model', 'toy-motion');
    const { sequences, mean } = JSON.parse(unharmed.stdout) as EvalMotionResult;
    expect(sequences[0]?.frames).toBe(5);
    expect(mean.input?.psnr).toBe(100);
    expect(mean.model?.psnr).toBeGreaterThan(20);
    expect(mean.model?.psnr).toBeLessThan(100);
  });

  it('that is not there is named where it was asked for, and noted where everything was', async () => {
    for (const [folder, args, message] of [
      [none, ['--method', 'model'], 'No network for motion is installed'],
      [models, ['--method', 'model', '--model', 'nope'], 'named nope: there are toy-motion'],
    ] as const) {
      const { code, stderr } = await run(folder, 'interp', at('triplets'), ...args);
      expect(code).toBe(2);
      expect(stderr).toContain(message);
    }
    const { notes } = JSON.parse(
      (await run(none, 'deblur', at('clips'), '--sharp')).stdout,
    ) as EvalMotionResult;
    expect(notes).toEqual([expect.stringMatching(/^model was left out: No network/)]);
  });
});

describe('what can’t be measured', () => {
  it.each([
    [['interp', 'nowhere'], 'There is no folder nowhere'],
    [
      ['interp', '.', '--method', 'magic'],
      'Allowed choices are model, motion, blend, minterpolate, dis, all',
    ],
    [['deblur', '.', '--method', 'blend'], 'Allowed choices are model, input, all'],
  ])('is refused: %j', async (args, message) => {
    const { code, stdout, stderr } = await clearcut('eval', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
