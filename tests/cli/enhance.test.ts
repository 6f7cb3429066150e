import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnhanceManifest, ErrorData, JobResult } from '../../app/shared';
import { clearcut, startCli, type CliResult } from '../support/cli';
import { ffmpeg, ffprobe, frameHashes, makeClip, temporaryFolder } from '../support/media';
import { installModels } from '../support/models';
import { firstSegment } from '../support/segments';

let folder: string;
let cleanUp: () => Promise<void>;
let clip: string;
/** Models of all sizes, and nothing for ×4. */
let models: string;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  clip = await makeClip(at('clip.mp4'), { seconds: 0.4 });
  models = await installModels(
    at('models'),
    { name: 'fast', size: 'fast' },
    { name: 'light', size: 'light' },
    { name: 'standard', size: 'standard' },
    { name: 'restore', size: 'light', restore: true },
  );
});
afterAll(() => cleanUp());

const at = (name: string): string => join(folder, name);

interface Outcome {
  readonly result: JobResult;
  readonly error?: ErrorData;
}

async function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<JobResult & { stderr: string }> {
  const { code, stdout, stderr } = await startCli(['run', ...args, '--json'], env).ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const { jobs } = JSON.parse(stdout) as { jobs: Outcome[] };
  return { ...jobs[0]!.result, stderr };
}

function refused(...args: string[]): Promise<CliResult> {
  return startCli(['run', clip, '-o', at('never.mp4'), ...args], { CLEARCUT_MODELS: models }).ended;
}

describe('--quality', () => {
  const chosen = async (name: string, ...args: string[]): Promise<JobResult & { stderr: string }> =>
    run([clip, '-o', at(name), '--enhance', '2', ...args], { CLEARCUT_MODELS: models });

  it('takes the network of that size', async () => {
    for (const size of ['fast', 'light', 'standard'] as const) {
      const { choices, stderr } = await chosen(`${size}.mp4`, '--quality', size);
      expect(choices).toEqual([{ stage: 'enhance', model: size, title: size, reason: 'It was asked for.' }]);
      expect(stderr).toBe('');
    }
  });

  it('auto takes the best one where the whole job is soon done, and says nothing of it', async () => {
    const short = await chosen('short.mp4');
    expect(short.choices).toMatchObject([
      {
        model: 'standard',
        reason: expect.stringMatching(/^standard: about [\d.]+ frames a second here/) as string,
      },
    ]);
    expect(short.notes).toEqual([]);
  });

  it('falls back to the nearest size with a note', async () => {
    const only = await installModels(at('light-only'), { name: 'light', size: 'light' });
    const result = await run([clip, '-o', at('nearest.mp4'), '--enhance', '2', '--quality', 'fast'], {
      CLEARCUT_MODELS: only,
    });
    expect(result.choices).toMatchObject([{ model: 'light' }]);
    expect(result.notes).toEqual(['There is no fast network for ×2: the light one was used.']);
    expect(result.stderr).toBe(`note: ${result.notes[0]}\n`);
  });
});

describe('--restore', () => {
  it('takes the network that was trained for it', async () => {
    const result = await run([clip, '-o', at('restored.mp4'), '--enhance', '2', '--restore'], {
      CLEARCUT_MODELS: models,
    });
    expect(result.choices).toMatchObject([{ model: 'restore' }]);
  });

  it('is refused where there is none', async () => {
    const { code, stderr } = await refused('--enhance', '4', '--restore');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'clearcut: There is no restoring model that enlarges by 4 (there are: ×2): choose one of these with --enhance, or leave out --restore.\n',
    });
  });
});

describe('--fit', () => {
  it('gives any size, in the shape that the picture is shown in', async () => {
    const wide = await makeClip(at('anamorphic.mp4'), {
      width: 72,
      height: 58,
      seconds: 0.4,
      args: ['-vf', 'setsar=16/15', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
    });
    const result = await run([wide, '-o', at('fit.mp4'), '--fit', '160x160', '--quality', 'light']);
    expect([result.width, result.height]).toEqual([160, 120]);
    const { streams } = await ffprobe(at('fit.mp4'), '-show_streams');
    expect(streams?.[0]).toMatchObject({
      width: 160,
      height: 120,
      sample_aspect_ratio: '1:1',
      nb_frames: '10',
    });
  });

  it('bounds what is seen of a picture that is turned on its side', async () => {
    await ffmpeg('-i', clip, '-c', 'copy', at('plain.mov'));
    await ffmpeg('-display_rotation', '90', '-i', at('plain.mov'), '-c', 'copy', at('turned.mov')).catch(() =>
      ffmpeg('-i', at('plain.mov'), '-c', 'copy', '-metadata:s:v', 'rotate=270', at('turned.mov')),
    );
    const result = await run([at('turned.mov'), '-o', at('turned-fit.mov'), '--fit', 'x120']);
    expect([result.width, result.height]).toEqual([120, 90]);
  });

  it('makes stills as large, whichever way their orientation says is up', async () => {
    const picture = { width: 31, height: 17, channels: 3, background: 'grey' } as const;
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
    await sharp({ create: { ...picture, noise } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(at('turned.jpg'));
    await run([at('turned.jpg'), '-o', at('turned-fit.jpg'), '--fit', '101x']);
    expect(await sharp(at('turned-fit.jpg')).metadata()).toMatchObject({
      width: 184,
      height: 101,
      orientation: 6,
    });
  });

  it('says where the network was not enough, or not needed', async () => {
    const only = await installModels(at('two-only'), { name: 'light', size: 'light' });
    const env = { CLEARCUT_MODELS: only };
    const large = await run([clip, '-o', at('large.mp4'), '--fit', '320x'], env);
    expect([large.width, large.height]).toEqual([320, 240]);
    expect(large.notes).toEqual([expect.stringContaining('enlarged bicubically')]);
    const small = await run([clip, '-o', at('small.mp4'), '--fit', '32x'], env);
    expect([small.width, small.height]).toEqual([32, 24]);
    expect(small.choices).toEqual([]);
    expect(small.notes).toEqual([expect.stringContaining('needs no network')]);
  });
});

describe('a still', () => {
  it('keeps its transparency and its 16 bits, whatever its size', async () => {
    const [width, height] = [13, 7];
    const samples = Uint16Array.from({ length: width * height * 4 }, (_, index) => {
      const x = Math.floor(index / 4) % width;
      return index % 4 === 3 ? (x < 6 ? 0 : 65_535) : 20_000 + 1001 * x;
    });
    await sharp(samples, { raw: { width, height, channels: 4 } })
      .toColourspace('rgb16')
      .withIccProfile('p3')
      .png()
      .toFile(at('deep.png'));
    const { icc } = await sharp(at('deep.png')).metadata();
    for (const [name, args, size] of [
      ['deep-2x.png', ['--enhance', '2'], [26, 14]],
      ['deep-fit.png', ['--fit', '33x'], [33, 18]],
    ] as const) {
      const result = await run([at('deep.png'), '-o', at(name), ...args]);
      expect(result.notes).toEqual([]);
      const after = await sharp(at(name)).metadata();
      expect([after.width, after.height, after.depth, after.channels]).toEqual([...size, 'ushort', 4]);
      expect(after.icc?.equals(icc!)).toBe(true);
      const alpha = await sharp(at(name), { ignoreIcc: true }).extractChannel('alpha').raw().toBuffer();
      const row = [...alpha.subarray(0, size[0])];
      expect([row[0], row.at(-1)]).toEqual([0, 255]);
    }
  });

  it.each([
    [1, 1],
    [1, 9],
    [5, 3],
  ])('of %i×%i pixels is enlarged like any other', async (width, height) => {
    const create = { width, height, channels: 3, background: { r: 200, g: 100, b: 50 } } as const;
    await sharp({ create })
      .png()
      .toFile(at(`tiny-${width}-${height}.png`));
    await run([
      at(`tiny-${width}-${height}.png`),
      '-o',
      at(`tiny-${width}-${height}-2x.png`),
      '--enhance',
      '2',
    ]);
    const { data, info } = await sharp(at(`tiny-${width}-${height}-2x.png`))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([2 * width, 2 * height]);
    [200, 100, 50].forEach((value, index) => {
      // Next to a border that near a network may be some codes off; its luma alone, so of all colours alike.
      expect(Math.abs(data[index]! - value)).toBeLessThan(10);
    });
  });
});

describe('wishes that mean nothing', () => {
  it.each([
    [['--enhance', '5'], 'Expected one of 2, 3, 4.'],
    [['--enhance', '2', '--quality', 'best'], 'Expected one of auto, fast, light, standard.'],
    [['--enhance', '2', '--pace', '0'], 'Expected frames a second'],
    [['--fit', '1080'], 'Expected a size such as 1920x1080, x1080 or 1920x'],
    [['--fit', '4x4'], 'of 16 to 16384 pixels a side'],
    [['--restore'], '--restore needs a size'],
    [['--enhance', '2', '--quality', 'fast', '--pace', '9'], '--pace is for --quality auto'],
    [['--enhance', '4'], 'There is no model that enlarges by 4 (there are: ×2)'],
  ])('%j are refused with one sentence', async (args, sentence) => {
    const { code, stderr } = await refused(...args);
    expect({ code, said: stderr }).toEqual({ code: 2, said: expect.stringContaining(sentence) as string });
  });
});

describe('an interrupted run', () => {
  it('goes on with the network that it chose, though it would now choose another', async () => {
    const env = { CLEARCUT_MODELS: await installModels(at('growing'), { name: 'fast', size: 'fast' }) };
    const source = await makeClip(at('long.mp4'), { width: 96, height: 64, seconds: 24, sound: false });
    const output = at('resumed.mkv');
    const args = [source, '-o', output, '--enhance', '2'];
    const broken = startCli(['run', ...args], env);
    await firstSegment(output);
    broken.child.kill('SIGKILL');
    await broken.ended;

    await installModels(env.CLEARCUT_MODELS, { name: 'standard', size: 'standard' });
    const resumed = await run(args, env);
    expect(resumed.choices).toMatchObject([{ model: 'fast', reason: 'fast: chosen when this job began.' }]);
    expect(resumed.framesThisRun).toBeLessThan(600);
    expect(resumed.frames).toBe(600);

    const whole = await run([source, '-o', at('whole.mkv'), '--enhance', '2', '--quality', 'fast'], env);
    expect(whole.choices).toMatchObject([{ model: 'fast' }]);
    expect(await frameHashes(output)).toBe(await frameHashes(at('whole.mkv')));
  });
});

describe('the networks that ship', () => {
  it('are there for every factor that a preset names, or are missed in plain words', async () => {
    const { stdout } = await clearcut('models', '--json');
    const shipped = (JSON.parse(stdout) as { models: EnhanceManifest[] }).models.filter(
      ({ task }) => task === 'enhance',
    );
    for (const scale of [2, 3, 4]) {
      const output = at(`shipped-${scale}.mp4`);
      const args = ['run', clip, '-o', output, '--enhance', String(scale), '--json'];
      const { code, stdout: said } = await clearcut(...args);
      const there = shipped.some((model) => model.scale === scale && !model.restore);
      expect({ scale, code }).toEqual({ scale, code: there ? 0 : 2 });
      const [job] = (JSON.parse(said) as { jobs: Outcome[] }).jobs;
      if (there) expect(job?.result).toMatchObject({ width: 64 * scale, height: 48 * scale, frames: 10 });
      else expect(job?.error).toMatchObject({ code: 'model-missing' });
    }
  });

  it.each([2, 3, 4] as const)('make ×%i pictures that look like the input', async (scale) => {
    const { stdout } = await clearcut('models', '--json');
    const there = (JSON.parse(stdout) as { models: EnhanceManifest[] }).models.filter(
      (model) => model.task === 'enhance' && model.scale === scale,
    );
    for (const { name, size, restore } of there) {
      const output = at(`${name}.png`);
      const source = at('smooth.png');
      await sharp({
        create: {
          width: 40,
          height: 30,
          channels: 3,
          background: 'black',
          noise: { type: 'gaussian', mean: 128, sigma: 50 },
        },
      })
        .blur(2)
        .toFile(source);
      const args = ['--enhance', String(scale), '--quality', size, ...(restore ? ['--restore'] : [])];
      const result = await run([source, '-o', output, ...args]);
      expect(result.choices).toMatchObject([{ model: name }]);
      const small = await sharp(output).resize(40, 30, { kernel: 'cubic' }).removeAlpha().raw().toBuffer();
      const original = await sharp(source).removeAlpha().raw().toBuffer();
      const error = original.reduce((sum, value, index) => sum + Math.abs(value - small[index]!), 0);
      expect(error / original.length, name).toBeLessThan(4);
    }
  });
});
