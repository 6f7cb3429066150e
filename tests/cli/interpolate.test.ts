import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorData, JobResult } from '../../app/shared';
import { clearcut, startCli } from '../support/cli';
import { ffmpeg, ffprobe, frameHashes, makeClip, temporaryFolder } from '../support/media';
import { firstSegment } from '../support/segments';
import { installToy, toyNetwork } from '../support/toy-network';

let folder: string;
let cleanUp: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
});
afterAll(() => cleanUp());

const at = (name: string): string => join(folder, name);

interface Outcome {
  readonly result?: JobResult;
  readonly error?: ErrorData;
}

async function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome & { readonly code: number | null; readonly stderr: string }> {
  const { code, stdout, stderr } = await startCli(['run', ...args, '--json'], env).ended;
  const jobs = stdout === '' ? [] : (JSON.parse(stdout) as { jobs: Outcome[] }).jobs;
  return { ...jobs[0], code, stderr };
}

async function done(args: readonly string[], env: Record<string, string> = {}): Promise<JobResult> {
  const { result, code, stderr } = await run(args, env);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return result!;
}

/** Hashes of a video's frames in order. */
async function hashesOf(path: string): Promise<string[]> {
  const lines = (await frameHashes(path)).split('\n').filter((line) => /^0,/.test(line));
  return lines.map((line) => line.split(',').at(-1)!.trim());
}

async function timesOf(path: string): Promise<number[]> {
  const { packets } = await ffprobe(path, '-select_streams', 'v:0', '-show_packets');
  return packets!.map(({ pts_time }) => Number(pts_time)).sort((a, b) => a - b);
}

const LOSSLESS = ['--codec', 'ffv1'];
const MOTION = ['--method', 'motion'];

describe('--interpolate', () => {
  it('doubles the rate with times exactly between, and keeps frames, length and sound', async () => {
    const clip = await makeClip(at('clip.mkv'), { seconds: 1, args: ['-c:v', 'ffv1'] });
    const result = await done([clip, '-o', at('smooth.mkv'), '--interpolate', '2', ...MOTION, ...LOSSLESS]);
    expect(result).toMatchObject({ frames: 50, width: 64, height: 48 });
    expect(result.notes).toEqual([]);
    const { streams } = await ffprobe(at('smooth.mkv'), '-show_streams');
    expect(streams).toMatchObject([{ avg_frame_rate: '50/1' }, { codec_name: 'aac' }]);
    const [before, after] = [await hashesOf(clip), await hashesOf(at('smooth.mkv'))];
    expect(after.filter((_, index) => index % 2 === 0)).toEqual(before);
    // Matroska's own unit is a millisecond.
    (await timesOf(at('smooth.mkv'))).forEach((time, index, [first]) => {
      expect(Math.abs(time - first! - index / 50)).toBeLessThan(0.0011);
    });
  });

  it('keeps the times of a variable rate, and puts new frames in the middle', async () => {
    const times = [0, 1, 3, 4, 7, 8, 12, 13, 14, 19];
    const lookup = times.map((tick, index) => `eq(N,${index})*${tick}`).join('+');
    const clip = at('vfr.mp4');
    await ffmpeg(
      ...[
        '-f',
        'lavfi',
        '-i',
        'testsrc2=size=64x48:rate=25:duration=0.4',
        '-vf',
        `settb=1/90,setpts='${lookup}'`,
      ],
      ...['-vsync', 'vfr', '-enc_time_base', '1/90', '-c:v', 'libx264', '-bf', '0', '-pix_fmt', 'yuv420p'],
      ...['-video_track_timescale', '90', clip],
    );
    await done([clip, '-o', at('vfr-2x.mp4'), '--interpolate', '2', ...MOTION]);
    const source = await timesOf(clip);
    expect(source.map((time) => Math.round(time * 90))).toEqual(times);
    const result = await timesOf(at('vfr-2x.mp4'));
    const wanted = source.slice(0, -1).flatMap((time, index) => [time, (time + source[index + 1]!) / 2]);
    for (const [index, time] of wanted.entries()) expect(Math.abs(time - result[index]!)).toBeLessThan(2e-6);
  });

  it('comes in a chain with Enhance in the order that is said', async () => {
    const clip = await makeClip(at('chain.mp4'), { seconds: 0.4, sound: false });
    const [first, second] = [
      ['--interpolate', '2', ...MOTION],
      ['--enhance', '2', '--quality', 'fast'],
    ];
    for (const [name, args] of [
      ['smooth-first.mkv', [...first, ...second]],
      ['large-first.mkv', [...second, ...first]],
    ] as const) {
      const result = await done([clip, '-o', at(name), ...args, ...LOSSLESS]);
      expect(result).toMatchObject({ frames: 20, width: 128, height: 96 });
      expect(Object.keys(result.timings.stages)).toEqual(
        name === 'smooth-first.mkv' ? ['interpolate', 'enhance'] : ['enhance', 'interpolate'],
      );
    }
    expect(await hashesOf(at('smooth-first.mkv'))).not.toEqual(await hashesOf(at('large-first.mkv')));
  });

  it('makes motion alone where no network is there, and says so', async () => {
    const clip = await makeClip(at('note.mp4'), { seconds: 0.2, sound: false });
    const none = await installToy(at('one'), toyNetwork());
    const { notes } = await done([clip, '-o', at('noted.mp4'), '--interpolate', '2'], {
      CLEARCUT_MODELS: dirname(none),
    });
    expect(notes).toEqual([
      'No network for motion is installed: new frames come from motion alone, and blur stays.',
    ]);
  });
});

describe('cuts', () => {
  /** Pictures that ffmpeg makes, moving by themselves or scrolled. */
  const SCENES = [
    'testsrc2=size=96x64:rate=25',
    'mandelbrot=size=96x64:rate=25',
    'smptebars=size=192x64:rate=25,crop=96:64:2*n:0',
    'color=c=navy:size=96x64:rate=25,drawbox=x=20:y=20:w=30:h=20:c=orange:t=fill',
    'rgbtestsrc=size=96x64:rate=25',
    'testsrc=size=96x64:rate=25',
    'life=size=96x64:rate=25:ratio=0.3:seed=7:death_color=teal:life_color=yellow',
    'color=c=gray:size=96x64:rate=25,noise=alls=60:allf=t',
  ];

  it('are never blended: ten clips, every frame beside a cut is one of the shot’s own', async () => {
    let cuts = 0;
    for (let clip = 0; clip < 10; clip++) {
      const shots = [0, 1, 2].map((shot) => ({
        source: SCENES[(clip * 3 + shot * (1 + (clip % 3))) % SCENES.length]!,
        frames: 7 + ((clip + 2 * shot) % 5),
      }));
      const path = at(`cuts-${clip}.mkv`);
      const inputs = shots.flatMap(({ source }) => ['-f', 'lavfi', '-i', source]);
      const trimmed = shots.map(
        ({ frames }, index) => `[${index}]trim=end_frame=${frames},format=yuv420p[${index}t]`,
      );
      const joined = `${shots.map((_, index) => `[${index}t]`).join('')}concat=n=3`;
      await ffmpeg(...inputs, '-filter_complex', `${trimmed.join(';')};${joined}`, '-c:v', 'ffv1', path);
      const factor = [2, 4, 8][clip % 3]!;
      const output = at(`cuts-${clip}-smooth.mkv`);
      await done([path, '-o', output, '--interpolate', String(factor), ...MOTION, ...LOSSLESS]);
      const [source, made] = [await hashesOf(path), await hashesOf(output)];
      expect(made).toHaveLength(source.length * factor);
      let last = -1;
      for (const { frames } of shots.slice(0, -1)) {
        last += frames;
        const beside = made.slice(last * factor, (last + 1) * factor);
        expect(beside, `clip ${clip}, after frame ${last}`).toEqual(beside.map(() => source[last]));
        cuts++;
      }
    }
    expect(cuts).toBe(20);
  });
});

describe('--slow', () => {
  const clipWithAll = async (): Promise<string> => {
    const [subtitles, chapters] = [at('subtitles.srt'), at('chapters.txt')];
    await writeFile(subtitles, '1\n00:00:00,200 --> 00:00:00,700\nHello\n');
    await writeFile(chapters, ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n');
    const path = at('all.mkv');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=1'],
      ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=1'],
      ...['-i', subtitles, '-i', chapters, '-map', '0', '-map', '1', '-map', '2', '-map_metadata', '3'],
      ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-c:s', 'srt', path],
    );
    return path;
  };

  it('stretches picture and sound alike, at the same pitch, and names what stays behind', async () => {
    const clip = await clipWithAll();
    const { notes, frames } = await done([clip, '-o', at('slow.mkv'), '--slow', '4', ...MOTION]);
    expect(frames).toBe(100);
    expect(notes).toEqual([
      expect.stringMatching(/^Sound track 1 \(aac.*\) was stretched to 4 times its length at the same pitch/),
      expect.stringMatching(/^Subtitle track 2 \(subrip.*\) could not be carried: its times/),
      expect.stringMatching(/^Chapters could not be carried/),
    ]);
    const { streams, format } = (await ffprobe(
      at('slow.mkv'),
      '-show_streams',
      '-show_format',
    )) as unknown as { streams: Record<string, unknown>[]; format: { duration: string } };
    expect(streams.map(({ codec_type }) => codec_type)).toEqual(['video', 'audio']);
    expect(streams[0]).toMatchObject({ avg_frame_rate: '25/1' });
    // AAC's own delay is stretched as well.
    expect(Math.abs(Number(format.duration) - 4)).toBeLessThan(0.15);
    // The pitch: as many zero crossings a second as before.
    expect(Math.abs((await crossings(at('slow.mkv'))) - (await crossings(clip)))).toBeLessThan(8);
    const sound = await ffprobe(at('slow.mkv'), '-select_streams', 'a:0', '-show_packets');
    const last = sound['packets']!.at(-1)!;
    expect(Math.abs(Number(last['pts_time']) - 4)).toBeLessThan(0.15);
  });

  it('lets sound that starts late start as much later', async () => {
    const late = at('late.mkv');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=1', '-itsoffset', '0.4'],
      ...['-f', 'lavfi', '-i', 'sine=duration=0.5', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
      ...['-c:a', 'flac', late],
    );
    await done([late, '-o', at('late-slow.mkv'), '--slow', '2', ...MOTION]);
    const samples = await samplesOf(at('late-slow.mkv'), '2');
    const first = samples.findIndex((value) => Math.abs(value) > 500);
    expect(Math.abs(first / 48_000 - 0.8)).toBeLessThan(0.06);
  });

  it('takes a part, with its sound', async () => {
    const clip = await clipWithAll();
    const range = ['--start', '0.4', '--end', '0.8'];
    const { frames } = await done([clip, '-o', at('part.mp4'), '--slow', '2', ...range, ...MOTION]);
    expect(frames).toBe(20);
    const { streams } = await ffprobe(at('part.mp4'), '-show_streams');
    for (const { duration } of streams!) expect(Math.abs(Number(duration) - 0.8)).toBeLessThan(0.06);
  });

  it('leaves sound out where it should', async () => {
    const clip = await clipWithAll();
    const args = ['--slow', '2', '--slow-sound', 'drop', ...MOTION];
    const { notes } = await done([clip, '-o', at('silent.mp4'), ...args]);
    expect(notes).toContainEqual(expect.stringMatching(/^Sound track 1 .* was left out, as asked\.$/));
    const { streams } = await ffprobe(at('silent.mp4'), '-show_streams');
    expect(streams!.map(({ codec_type }) => codec_type)).toEqual(['video']);
  });

  /** The first seconds of a file's sound, 48,000 samples a second. */
  async function samplesOf(path: string, seconds: string): Promise<Int16Array> {
    const raw = `${path}.raw`;
    const sound = ['-map', '0:a', '-af', 'aresample=async=1:first_pts=0', '-ac', '1', '-ar', '48000'];
    await ffmpeg('-i', path, ...sound, '-t', seconds, '-f', 's16le', raw);
    const bytes = await readFile(raw);
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  }

  /** How often a second a file's sound changes its sign. */
  async function crossings(path: string): Promise<number> {
    const samples = await samplesOf(path, '1');
    const count = samples.filter((value, index) => value >= 0 !== (samples[index - 1] ?? 0) >= 0).length;
    return (count * 48_000) / samples.length;
  }
});

describe('a network for motion', () => {
  it('is taken where it is there: it makes frames sharp, at the same rate or more', async () => {
    const env = { CLEARCUT_MODELS: await installToy(at('models'), toyNetwork()) };
    const clip = await makeClip(at('blurred.mp4'), { seconds: 0.4, sound: false });
    const sharp = await done([clip, '-o', at('sharp.mp4'), '--deblur'], env);
    expect(sharp).toMatchObject({ frames: 10, choices: [{ stage: 'interpolate', model: 'toy-motion' }] });
    const { streams } = await ffprobe(at('sharp.mp4'), '-show_streams');
    expect(streams).toMatchObject([{ avg_frame_rate: '25/1', nb_frames: '10' }]);
    for (const factor of ['2', '4']) {
      const output = at(`sharp-${factor}.mkv`);
      const smooth = await done([clip, '-o', output, '--interpolate', factor, ...LOSSLESS], env);
      expect(smooth).toMatchObject({ frames: 10 * Number(factor), choices: [{ model: 'toy-motion' }] });
    }
    const { stdout } = await startCli(['models'], env).ended;
    expect(stdout).toMatch(/^toy-motion\s+interpolate, deblur\s+light/m);
  });

  it.each([
    [['--deblur'], 'none is installed: --interpolate and --slow work without one'],
    [['--deblur', '--slow', '2'], 'none is installed: leave it out to make new frames'],
    [['--interpolate', '2', '--method', 'network'], '--method network needs a network'],
    [['--interpolate', '3'], 'Expected one of 2, 4, 8.'],
    [['--method', 'motion'], 'add --interpolate, --slow or --deblur'],
  ])('is missed in one sentence: %j', async (args, sentence) => {
    const clip = await makeClip(at('missed.mp4'), { seconds: 0.2, sound: false });
    const { code, stderr, error } = await run([clip, '-o', at('never.mp4'), ...args], {
      CLEARCUT_MODELS: at('.'),
    });
    expect({ code, said: stderr + (error?.message ?? '') }).toEqual({
      code: 2,
      said: expect.stringContaining(sentence) as string,
    });
  });
});

describe('an interrupted run', () => {
  it.each([['motion'], ['network']] as const)(
    'by %s goes on and gives the same frames as an unbroken one',
    async (method) => {
      const env = { CLEARCUT_MODELS: await installToy(at('resuming'), toyNetwork({ remembers: true })) };
      const source = await makeClip(at(`long-${method}.mp4`), { seconds: 24, sound: false });
      const args = [source, '--interpolate', '2', '--method', method];
      await done([...args, '-o', at(`whole-${method}.mkv`)], env);
      const output = at(`resumed-${method}.mkv`);
      const broken = startCli(['run', ...args, '-o', output], env);
      await firstSegment(output);
      broken.child.kill('SIGKILL');
      await broken.ended;
      const resumed = await done([...args, '-o', output], env);
      expect(resumed.frames).toBe(1200);
      expect(resumed.framesThisRun).toBeLessThan(1200);
      expect(await frameHashes(output)).toBe(await frameHashes(at(`whole-${method}.mkv`)));
      expect((await readdir(folder)).filter((name) => name.includes(`resumed-${method}`))).toEqual([
        basename(output),
      ]);
    },
  );
});

describe('a still', () => {
  it('has no motion, and that is said', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=64x48:duration=1', '-frames:v', '1', at('still.png'));
    const { code, error } = await run([at('still.png'), '-o', at('moved.png'), '--interpolate', '2']);
    expect(code).toBe(2);
    expect(error?.message).toMatch(/^A still picture has no motion/);
    expect((await clearcut('run', '--help')).stdout).toContain('--interpolate <factor>');
  });
});
