import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearcut, leftovers, startCli } from '../support/cli';
import { ffmpeg, ffprobe, frameHashes, makeClip, temporaryFolder } from '../support/media';
import { expectRefusal } from '../support/refusal';
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
