import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearcut, startCli, type CliResult } from '../support/cli';
import { ffmpeg, ffprobe, frameHashes, makeClip, temporaryFolder } from '../support/media';
import { everyFrame, timesOf } from '../support/segment-jobs';
import { finishedSegments, firstSegment } from '../support/segments';

const execute = promisify(execFile);

let folder: string;
let cleanUp: () => Promise<void>;
let clip: string;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  clip = await makeClip(join(folder, 'clip.mp4'));
});
afterAll(() => cleanUp());

const at = (name: string): string => join(folder, name);

/** The refusals that users see: one line that names the file, no stack trace, nothing left behind. */
function expectRefusal(result: CliResult, code: number, naming: string): void {
  expect({ code: result.code, stderr: result.stderr }).toMatchObject({ code });
  const lines = result.stderr.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(naming);
  expect(lines[0]).toMatch(/^clearcut: .*[a-z].*[.)]$/);
  expect(result.stderr).not.toMatch(/\bat .*:\d+:\d+/);
}

async function leftovers(output: string): Promise<string[]> {
  const names = await readdir(dirname(output)).catch(() => []);
  return names.filter((name) => name === basename(output) || name.includes(`.${basename(output)}.clearcut`));
}

describe('clearcut run', () => {
  it('makes a video twice as large with its sound intact', async () => {
    const output = at('Ünï çödé 日本語 (1) & "quoted".mkv');
    const result = await clearcut('run', clip, '-o', output, '--enhance', '2', '--json');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const { jobs } = JSON.parse(result.stdout) as {
      jobs: { status: string; result: { width: number; height: number; frames: number } }[];
    };
    expect(jobs).toMatchObject([{ status: 'done', result: { width: 128, height: 96, frames: 50 } }]);
    const { streams } = await ffprobe(output, '-show_streams', '-count_packets');
    expect(streams).toMatchObject([
      { codec_name: 'h264', width: 128, height: 96, nb_read_packets: '50' },
      { codec_name: 'aac' },
    ]);
    expect(await leftovers(output)).toEqual([basename(output)]);
  });

  it('looks like the input, not like noise', async () => {
    const output = at('alike.mkv');
    expect((await clearcut('run', clip, '-o', output, '--enhance', '2', '--codec', 'ffv1')).code).toBe(0);
    const { stderr } = await execute(
      (await import('../support/media').then((media) => media.tools())).ffmpeg.path,
      [
        '-nostdin',
        '-i',
        output,
        '-i',
        clip,
        '-lavfi',
        '[1:v]scale=128:96:flags=bicubic[up];[0:v][up]psnr',
        '-f',
        'null',
        '-',
      ],
    );
    const psnr = Number(/PSNR y:([\d.]+)/.exec(stderr)?.[1]);
    // An enlargement by a network and a bicubic one differ in detail, not in what they show.
    expect(psnr).toBeGreaterThan(22);
    expect(psnr).toBeLessThan(60);
  });

  it('takes the range between --start and --end', async () => {
    const output = at('range.mp4');
    const result = await clearcut(
      'run',
      clip,
      '-o',
      output,
      '--enhance',
      '2',
      '--start',
      '0.5',
      '--end',
      '0:01.5',
    );
    expect(result.code).toBe(0);
    const { streams } = await ffprobe(output, '-show_streams', '-count_packets', '-select_streams', 'v');
    expect(streams?.[0]).toMatchObject({ nb_read_packets: '25' });
  });

  it.each([
    ['hevc', 'mp4', 'hevc'],
    ['vp9', 'webm', 'vp9'],
    ['prores', 'mov', 'prores'],
    ['ffv1', 'mkv', 'ffv1'],
  ])('writes %s', async (codec, extension, name) => {
    const output = at(`codec-${codec}.${extension}`);
    const short = await makeClip(at(`short-${codec}.mp4`), { seconds: 0.4, sound: false });
    const result = await clearcut('run', short, '-o', output, '--enhance', '2', '--codec', codec);
    expect(result).toMatchObject({ code: 0 });
    const { streams } = await ffprobe(output, '-show_streams');
    expect(streams?.[0]).toMatchObject({ codec_name: name, width: 128, height: 96 });
  });

  it.each([
    [1, 1],
    [3, 5],
    [641, 359],
  ])('enlarges odd sizes: %i×%i', async (width, height) => {
    const source = at(`odd-${width}.mkv`);
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      `testsrc=size=${Math.max(width, 2)}x${Math.max(height, 2)}:rate=5:duration=0.6`,
      '-vf',
      `crop=${width}:${height}:0:0:exact=1,format=yuv444p`,
      '-c:v',
      'ffv1',
      source,
    );
    const output = at(`odd-${width}-out.mkv`);
    expect(await clearcut('run', source, '-o', output, '--enhance', '2', '--codec', 'ffv1')).toMatchObject({
      code: 0,
    });
    const { streams } = await ffprobe(output, '-show_streams');
    expect(streams?.[0]).toMatchObject({ width: 2 * width, height: 2 * height });
  });

  it('keeps picture and sound together over an hour of a varying rate, the sound starting late', async () => {
    const times = 'N*6000+mod(N*7,11)*90';
    const source = at('hour.mkv');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', `color=gray:size=32x32:rate=1:duration=600,settb=1/1000,setpts='${times}'`],
      ...['-itsoffset', '0.7', '-f', 'lavfi', '-i', 'sine=sample_rate=8000:duration=3590'],
      ...(await everyFrame()),
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_mulaw', source],
    );
    const { code, stderr } = await clearcut('run', source, '-o', at('hour.mov'), '--fit', '16x16');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const wanted = await timesOf(source);
    expect(wanted.at(-1)).toBeGreaterThan(3590);
    const got = await timesOf(at('hour.mov'));
    expect(got).toHaveLength(wanted.length);
    got.forEach((time, index) => {
      expect(Math.abs(time - wanted[index]!)).toBeLessThan(0.002);
    });
    const sound = async (path: string): Promise<number[]> => {
      const { packets } = await ffprobe(path, '-select_streams', 'a:0', '-show_entries', 'packet=pts_time');
      return [packets!.at(0), packets!.at(-1)].map((packet) => Number(packet!['pts_time']));
    };
    const [before, after] = [await sound(source), await sound(at('hour.mov'))];
    expect(before[0]).toBeCloseTo(0.7, 2);
    before.forEach((time, index) => {
      expect(Math.abs(after[index]! - time)).toBeLessThan(0.002);
    });
  });

  it('takes and gives files whose names are as long as a disk allows', async () => {
    const name = `${'日'.repeat(83)}.mkv`;
    await copyFile(clip, at(name));
    const { code, stderr } = await clearcut(
      'run',
      at(name),
      '-o',
      at('long/'),
      '--fit',
      '32x32',
      '--end',
      '0.2',
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(await readdir(at('long'))).toEqual([name]);
    expectRefusal(
      await clearcut('run', clip, '-o', at(`${'n'.repeat(252)}.mkv`), '--fit', '32x32'),
      2,
      'too long a name',
    );
  });

  it('enlarges stills and keeps their format', async () => {
    const source = at('photo.png');
    await sharp({
      create: {
        width: 31,
        height: 17,
        channels: 3,
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
        background: 'grey',
      },
    })
      .png()
      .toFile(source);
    const output = at('photo-2x.png');
    expect(await clearcut('run', source, '-o', output, '--enhance', '2')).toMatchObject({ code: 0 });
    expect(await sharp(output).metadata()).toMatchObject({ format: 'png', width: 62, height: 34 });
  });

  it('mirrors a folder, and one bad file does not stop the rest', async () => {
    const input = at('tree');
    await mkdir(join(input, 'inner folder'), { recursive: true });
    await copyFile(clip, join(input, 'good.mp4'));
    await copyFile(clip, join(input, 'inner folder', '日本.mp4'));
    await writeFile(join(input, 'bad.mp4'), 'this is text');
    const result = await clearcut(
      'run',
      input,
      '-o',
      at('tree-out'),
      '--enhance',
      '2',
      '--end',
      '0.2',
      '--json',
    );
    expect(result.code).toBe(1);
    const { jobs } = JSON.parse(result.stdout) as { jobs: { input: string; status: string }[] };
    expect(jobs.map((job) => [basename(job.input), job.status])).toEqual([
      ['bad.mp4', 'failed'],
      ['good.mp4', 'done'],
      ['日本.mp4', 'done'],
    ]);
    expect(await readdir(at('tree-out'), { recursive: true })).toEqual(
      expect.arrayContaining(['good.mp4', join('inner folder', '日本.mp4')]),
    );
  });
});

describe('several inputs', () => {
  it('give results in one folder, and what was written beside them is named', async () => {
    const still = at('still.png');
    await ffmpeg('-i', clip, '-frames:v', '1', still);
    const result = await clearcut('run', clip, still, '-o', at('several'), '--fit', '32x32');
    expect(result).toMatchObject({ code: 0 });
    expect((await readdir(at('several'))).sort()).toEqual(['clip.mp4', 'still.png']);
    const one = await clearcut('run', clip, still, '-o', at('several.mp4'), '--fit', '32x32');
    expectRefusal(one, 2, 'name a folder');
    const pictures = await clearcut(
      'run',
      clip,
      '-o',
      at('one-by-one/%d.png'),
      '--fit',
      '32x32',
      '--end',
      '0.2',
    );
    expect(pictures.stdout).toContain(at('one-by-one/5.png'));
  });
});

describe('the engine', () => {
  it('leaves nothing in the home folder and asks no network for anything', async () => {
    const home = at('home');
    await mkdir(home);
    const output = at('quiet.mp4');
    const { code } = await startCli(['run', clip, '-o', output, '--enhance', '2', '--end', '0.2'], {
      HOME: home,
      XDG_CACHE_HOME: '',
      TMPDIR: home,
    }).ended;
    expect(code).toBe(0);
    expect(await readdir(home, { recursive: true })).toEqual([]);
  });
});

describe('bad input to clearcut run', () => {
  const refused = (input: string, output: string, ...more: string[]): Promise<CliResult> =>
    clearcut('run', input, '-o', output, '--enhance', '2', ...more);

  it('is refused with one line that names it', async () => {
    await writeFile(at('text.mp4'), 'I am a text file.\n'.repeat(100));
    await writeFile(at('empty.mp4'), '');
    await mkdir(at('no-media'), { recursive: true });
    await ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', at('sound.m4a'));
    await copyFile(clip, at('cut.mp4'));
    await truncate(at('cut.mp4'), Math.floor((await stat(clip)).size * 0.6));
    const output = at('never.mp4');
    for (const [input, naming, code] of [
      [at('nowhere.mp4'), 'nowhere.mp4', 2],
      [at('text.mp4'), 'text.mp4', 2],
      [at('empty.mp4'), 'empty.mp4', 2],
      [at('sound.m4a'), 'sound.m4a', 2],
      [at('cut.mp4'), 'cut.mp4', 1],
      [at('no-media'), 'no-media', 2],
    ] as const) {
      expectRefusal(await refused(input, output), code, naming);
      expect(await leftovers(output)).toEqual([]);
    }
    await copyFile(clip, at('secret.mp4'));
    await chmod(at('secret.mp4'), 0);
    // Root may read anything.
    if (process.getuid?.() !== 0) expectRefusal(await refused(at('secret.mp4'), output), 2, 'no permission');
  });

  it('is told with what was probably meant', async () => {
    for (const [args, meant] of [
      [['--enhence', '2'], 'Did you mean --enhance?'],
      [['--segment', 'person,persn'], 'Did you mean person?'],
      [['--segment', 'Cars'], 'Did you mean car?'],
      [['--output', 'cutuot'], 'Did you mean cutout?'],
      [['--codec', 'x264'], 'Did you mean h264?'],
      [['--preset', 'enhance2x'], 'did you mean enhance-2x?'],
    ] as const)
      expectRefusal(await clearcut('run', clip, '-o', at('never.mp4'), ...args), 2, meant);
    expect((await refused(clip, at('never.mp4'), '--codec', 'mpeg1')).stderr).not.toContain('Did you mean');
  });

  it('is refused where the output cannot be', async () => {
    expectRefusal(await refused(clip, clip, '--overwrite'), 2, 'clip.mp4');
    await writeFile(at('taken.mp4'), 'mine');
    expectRefusal(await refused(clip, at('taken.mp4')), 2, 'taken.mp4');
    expect(await readFile(at('taken.mp4'), 'utf8')).toBe('mine');
    expectRefusal(await refused(clip, join(clip, 'below.mp4')), 2, 'clip.mp4');
    expectRefusal(await refused(clip, at('strange.xyz')), 2, 'xyz');
    expectRefusal(await refused(clip, '/proc/clearcut/out.mp4'), 2, '/proc/clearcut');
    const readonly = at('read-only');
    await mkdir(readonly);
    await chmod(readonly, 0o500);
    // Root may write anywhere.
    if (process.getuid?.() !== 0)
      expectRefusal(await refused(clip, join(readonly, 'out.mp4')), 2, 'read-only');
  });

  it('is refused for options that mean nothing', async () => {
    for (const args of [
      ['--codec', 'mpeg1'],
      ['--crf', 'x'],
      ['--preset', 'nope'],
      ['--start', '9'],
      ['--start', '1', '--end', '0.5'],
      ['--backend', 'quantum'],
      ['--backend', 'webgpu'],
    ]) {
      const result = await refused(clip, at('never.mp4'), ...args);
      expect({ args, code: result.code, stack: /\bat .*:\d+:\d+/.test(result.stderr) }).toEqual({
        args,
        code: 2,
        stack: false,
      });
    }
    expect((await clearcut('run', clip, '-o', at('never.mp4'))).code).toBe(2);
    expect((await clearcut('run', clip, '-o', at('never.mp4'), '--enhance', '7')).code).toBe(2);
    expect((await clearcut('run')).code).toBe(2);
    expect((await clearcut('no-such-command')).code).toBe(2);
    expect(await leftovers(at('never.mp4'))).toEqual([]);
  });

  it('is answered with exit code 1 on a disk that fills up, keeping finished segments for a resume', async (context) => {
    // Room for the first segment of 250 frames (7.7 MB), not for the hundred after it.
    const disk = at('small-disk');
    await mkdir(disk);
    try {
      await execute('mount', ['-t', 'tmpfs', '-o', 'size=9m', 'tmpfs', disk]);
    } catch {
      context.skip('needs the right to mount a small disk');
    }
    try {
      const source = await makeClip(at('busy.mp4'), {
        width: 192,
        height: 128,
        seconds: 14,
        rate: 25,
        sound: false,
      });
      const output = join(disk, 'out.mkv');
      const result = await refused(source, output, '--codec', 'ffv1', '--quality', 'light');
      // Told beforehand, too: as soon as the first segment showed how large the result would be.
      const [warning = '', ...refusal] = result.stderr.split('\n');
      expect(warning).toContain('The disk may fill up: the result will take about');
      expectRefusal({ ...result, stderr: refusal.join('\n') }, 1, 'disk');
      expect(await readdir(disk)).toEqual(['.out.mkv.clearcut']);
      expect(await finishedSegments(output)).toBeGreaterThan(0);
      await execute('mount', ['-o', 'remount,size=80m', disk]);
      const args = ['--codec', 'ffv1', '--quality', 'light', '--resume', '--json'];
      const again = await refused(source, output, ...args);
      expect(again).toMatchObject({ code: 0 });
      const { jobs } = JSON.parse(again.stdout) as { jobs: { result: { framesThisRun: number } }[] };
      expect(jobs[0]?.result.framesThisRun).toBeLessThan(14 * 25);
      const { streams } = await ffprobe(output, '-show_streams', '-count_packets');
      expect(streams?.[0]).toMatchObject({ nb_read_packets: String(14 * 25) });
    } finally {
      await execute('umount', [disk]);
    }
  });
});

describe('an interrupted run', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)(
    'by %s goes on and gives the same frames as an unbroken one',
    async (signal) => {
      const source = await makeClip(at(`long-${signal}.mp4`), {
        width: 96,
        height: 64,
        seconds: 24,
        args: ['-c:v', 'libx264', '-bf', '3', '-pix_fmt', 'yuv420p'],
      });
      const whole = at(`whole-${signal}.mkv`);
      // One size, since two runs may measure this computer differently.
      const stage = ['--enhance', '2', '--quality', 'light'];
      expect((await clearcut('run', source, '-o', whole, ...stage)).code).toBe(0);

      const output = at(`resumed-${signal}.mkv`);
      const work = at(`.resumed-${signal}.mkv.clearcut`);
      const broken = startCli(['run', source, '-o', output, ...stage]);
      await firstSegment(output);
      broken.child.kill(signal);
      const ended = await broken.ended;
      if (signal === 'SIGINT') expect(ended.code).toBe(130);
      expect(await leftovers(output)).toEqual([basename(work)]);
      const kept = await finishedSegments(output);
      expect(kept).toBeGreaterThan(0);

      const resumed = await clearcut('run', source, '-o', output, ...stage, '--resume', '--json');
      expect(resumed.code).toBe(0);
      const { jobs } = JSON.parse(resumed.stdout) as {
        jobs: { result: { frames: number; framesThisRun: number } }[];
      };
      expect(jobs[0]?.result.frames).toBe(600);
      expect(jobs[0]?.result.framesThisRun).toBeLessThan(600);
      expect(await frameHashes(output)).toBe(await frameHashes(whole));
      await rm(whole);
    },
  );
});
