import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ellipse, HandMadeSource } from '../../../tests/support/hand-made';
import { ffmpeg, ffprobe, frameHashes, makeClip, temporaryFolder, tools } from '../../../tests/support/media';
import { usualCodec, type JobRequest, type SegmentRequest } from '../../shared';
import type { Instance } from '../frames';
import { probe } from '../media';
import type { InstanceSource } from '../stages';
import { checkOutputs, Gate, runEachInstance, runStill, runVideo, type RunEvents, type RunFacts } from '.';

const made = vi.hoisted(() => ({ source: null as null | (() => InstanceSource) }));
vi.mock('../stages/segment/open-source', () => ({
  openSource: async () => {
    if (!made.source) throw new Error('Nothing is to be found.');
    return made.source();
  },
}));

const run = promisify(execFile);
const [WIDTH, HEIGHT] = [96, 64];

let folder: string;
let cleanUp: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
});
afterAll(() => cleanUp());
const at = (name: string): string => join(folder, name);

/** One object that moves to the right, and from frame 5 on a second one that stands still. */
function twoObjects(index: number): Instance[] {
  const first = ellipse({ track: 1, x: 30 + index, y: 30, a: 14, b: 18 });
  const second = ellipse({ track: 2, x: 76, y: 40, a: 9, b: 12, classIndex: 2 }, { outlier: true });
  return index < 5 ? [first] : [first, second];
}

function finds(find: (index: number) => readonly Instance[], lookahead = 0): void {
  made.source = () => new HandMadeSource(find, lookahead);
}

async function job(
  input: string,
  output: string,
  segment: Partial<SegmentRequest>,
  more: Partial<JobRequest> = {},
  abort = new AbortController(),
  wrote: RunEvents['wrote'] = () => undefined,
): Promise<RunFacts> {
  const stages = [{ kind: 'segment', classes: ['person', 'car'], ...segment } as SegmentRequest];
  const request: JobRequest = {
    ...{ input, output, stages },
    ...{ codec: usualCodec(output, stages), backend: 'cpu', overwrite: false, resume: true },
    ...more,
  };
  const found = await tools();
  const info = await probe(found, input);
  const nothing = (): void => undefined;
  const context = {
    ...{ tools: found, info, gate: new Gate() },
    signal: abort.signal,
    events: { wrote, expects: nothing, finishing: nothing, note: nothing, chose: nothing },
  };
  if (info.kind === 'still') return runStill(request, context);
  return segment.perInstance ? runEachInstance(request, context) : runVideo(request, context);
}

/** Samples of all frames in an ffmpeg format, as one array for each frame. */
async function rawFrames(
  path: string,
  format: string,
  size: number,
  before: readonly string[] = [],
): Promise<Buffer[]> {
  const { stdout } = await run(
    (await tools()).ffmpeg.path,
    [
      ...['-nostdin', '-loglevel', 'error', ...before, '-i', path],
      ...['-map', '0:v:0', '-vsync', 'passthrough', '-pix_fmt', format, '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 1 << 28 },
  );
  return Array.from({ length: stdout.length / size }, (_, i) => stdout.subarray(i * size, (i + 1) * size));
}

async function timesOf(path: string): Promise<number[]> {
  const { packets } = await ffprobe(path, '-select_streams', 'v:0', '-show_packets');
  return packets!.map(({ pts_time }) => Number(pts_time)).sort((a, b) => a - b);
}

const AREA = WIDTH * HEIGHT;
const pixel = (x: number, y: number): number => y * WIDTH + x;

describe('a cut-out', () => {
  let clip: string;
  beforeAll(async () => {
    clip = await makeClip(at('source.mkv'), {
      ...{ width: WIDTH, height: HEIGHT, rate: 10, seconds: 1.2 },
      args: ['-c:v', 'libx264', '-crf', '10', '-pix_fmt', 'yuv420p'],
    });
    finds(twoObjects, 2);
  });

  it('has exact alpha in ProRes 4444, with sound and times', async () => {
    const facts = await job(clip, at('cut.mov'), { output: 'cutout' });
    expect(facts).toMatchObject({ frames: 12, width: WIDTH, height: HEIGHT });
    const { streams } = await ffprobe(at('cut.mov'), '-show_streams');
    expect(streams).toMatchObject([
      { codec_name: 'prores', codec_tag_string: 'ap4h' },
      { codec_name: 'aac' },
    ]);
    expect(String(streams![0]!['pix_fmt'])).toMatch(/^yuva444p1[02]le$/);
    expect(await timesOf(at('cut.mov'))).toEqual(await timesOf(clip));
    // Of the decoder's own 10 or 12 bits.
    const bits = Number(/p(1[02])le/.exec(String(streams![0]!['pix_fmt']))![1]);
    const frames = await rawFrames(at('cut.mov'), `yuva444p${bits}le`, 8 * AREA);
    for (const [index, frame] of frames.entries()) {
      const alpha = new Uint16Array(
        frame.buffer.slice(frame.byteOffset + 6 * AREA, frame.byteOffset + 8 * AREA),
      );
      const share = (x: number, y: number): number => (alpha[pixel(x, y)] ?? 0) / (2 ** bits - 1);
      expect(share(30 + index, 30)).toBe(1);
      expect(share(2, 2)).toBe(0);
      const [{ matte }] = twoObjects(index) as [Instance];
      for (const x of [30 + index - 14, 30 + index - 13, 30 + index + 13]) {
        const wanted = matte.data[(30 - matte.y) * matte.width + x - matte.x] ?? 0;
        expect(Math.round(share(x, 30) * 255)).toBe(wanted);
      }
      expect(share(76, 40)).toBe(index < 5 ? 0 : 1);
    }
  });

  it('has alpha beside VP9, frame by frame, with sound and times', async () => {
    await job(clip, at('cut.webm'), { output: 'cutout' });
    const { streams } = await ffprobe(at('cut.webm'), '-show_streams');
    expect(
      new Map(Object.entries(streams![0]!['tags']!).map(([tag, value]) => [tag.toLowerCase(), value])).get(
        'alpha_mode',
      ),
    ).toBe('1');
    expect(streams).toMatchObject([
      { codec_name: 'vp9' },
      { codec_name: expect.stringMatching(/opus|vorbis/) as string },
    ]);
    const times = await timesOf(at('cut.webm'));
    // Opus begins a little before its first sound, by which muxers move all.
    for (const [index, time] of (await timesOf(clip)).entries())
      expect(Math.abs(time - (times[index]! - times[0]!))).toBeLessThan(0.0011);
    const frames = await rawFrames(at('cut.webm'), 'yuva420p', 2.5 * AREA, ['-c:v', 'libvpx-vp9']);
    expect(frames).toHaveLength(12);
    for (const [index, frame] of frames.entries()) {
      const alpha = (x: number, y: number): number => frame[1.5 * AREA + pixel(x, y)] ?? 0;
      expect(alpha(30 + index, 30)).toBeGreaterThan(252);
      expect(alpha(2, 2)).toBeLessThan(3);
      const [{ matte }] = twoObjects(index) as [Instance];
      for (const x of [30 + index - 14, 30 + index + 13]) {
        const wanted = matte.data[(30 - matte.y) * matte.width + x - matte.x] ?? 0;
        expect(Math.abs(alpha(x, 30) - wanted)).toBeLessThan(30);
      }
    }
  });

  it('is lossless in FFV1', async () => {
    await job(clip, at('cut.mkv'), { output: 'cutout' });
    const [frame] = await rawFrames(at('cut.mkv'), 'yuva420p', 2.5 * AREA);
    const [{ matte }] = twoObjects(0) as [Instance];
    for (let y = 0; y < matte.height; y++)
      for (let x = 0; x < matte.width; x++)
        expect(frame![1.5 * AREA + pixel(matte.x + x, matte.y + y)]).toBe(matte.data[y * matte.width + x]);
  });

  it('becomes a folder of numbered PNGs, upright', async () => {
    const turned = at('turned.mp4');
    await makeClip(at('lying.mp4'), { width: WIDTH, height: HEIGHT, rate: 10, seconds: 1.2, sound: false });
    await ffmpeg('-i', at('lying.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90', turned);
    const facts = await job(turned, at('Ünï (1)/%03d.png'), { output: 'cutout' });
    const names = await readdir(at('Ünï (1)'));
    expect(names.toSorted()).toEqual(
      Array.from({ length: 12 }, (_, index) => `${String(index + 1).padStart(3, '0')}.png`),
    );
    expect(facts.files).toHaveLength(12);
    const { rotation } = (await probe(await tools(), turned)).video;
    const { data, info } = await sharp(at('Ünï (1)/004.png')).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: HEIGHT, height: WIDTH, channels: 4 });
    // Where the source finds it in the picture as it is shown.
    expect(data[4 * (30 * HEIGHT + 33) + 3]).toBe(255);
    expect(data[3]).toBe(0);
    expect([90, 270]).toContain(rotation);
  });

  it('plays as an animated WebP at the times of the source', async () => {
    const times = [0, 2, 3, 7, 8];
    const lookup = times.map((tick, index) => `eq(N,${index})*${tick}`).join('+');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', `testsrc2=size=${WIDTH}x${HEIGHT}:rate=25:duration=0.2`],
      ...['-vf', `settb=1/90,setpts='${lookup}'`, '-vsync', 'vfr', '-enc_time_base', '1/90'],
      ...[
        '-c:v',
        'libx264',
        '-bf',
        '0',
        '-pix_fmt',
        'yuv420p',
        '-video_track_timescale',
        '90',
        at('vfr.mp4'),
      ],
    );
    await job(at('vfr.mp4'), at('cut.webp'), { output: 'cutout' });
    const { pages, delay, loop, hasAlpha, width, pageHeight } = await sharp(at('cut.webp'), {
      pages: -1,
    }).metadata();
    expect({ pages, loop, hasAlpha, width, pageHeight }).toEqual({
      ...{ pages: 5, loop: 0, hasAlpha: true },
      ...{ width: WIDTH, pageHeight: HEIGHT },
    });
    expect(delay?.slice(0, 4)).toEqual([22, 11, 45, 11]);
    const { data } = await sharp(at('cut.webp'), { page: 3 }).raw().toBuffer({ resolveWithObject: true });
    const [{ matte }] = twoObjects(3) as [Instance];
    for (let x = matte.x; x < matte.x + matte.width; x++)
      expect(data[4 * pixel(x, 30) + 3]).toBe(matte.data[(30 - matte.y) * matte.width + x - matte.x]);
    // Nothing of the picture before stays.
    expect(data[4 * pixel(matte.x - 2, 30) + 3]).toBe(0);
    expect((await job(at('vfr.mp4'), at('vfr/%d.png'), { output: 'cutout' })).notes).toContainEqual(
      expect.stringContaining('frames.ffconcat'),
    );
    const { packets } = await ffprobe(at('vfr/frames.ffconcat'), '-show_packets');
    packets!.slice(0, 4).forEach(({ pts_time }, index) => {
      expect(Math.abs(Number(pts_time) - times[index]! / 90)).toBeLessThan(0.04);
    });
  });

  it('has no rim of the background, and the object’s colours under what is transparent', async () => {
    // A bright object before a dark background, mixed at the edge as a camera does.
    const object = ellipse({ track: 1, x: 48, y: 32, a: 20, b: 20 });
    const picture = Buffer.alloc(AREA, 30);
    const { matte } = object;
    for (let y = 0; y < matte.height; y++)
      for (let x = 0; x < matte.width; x++) {
        const alpha = (matte.data[y * matte.width + x] ?? 0) / 255;
        picture[pixel(matte.x + x, matte.y + y)] = Math.round(alpha * 220 + (1 - alpha) * 30);
      }
    await writeFile(at('disc.gray'), Buffer.concat([picture, picture]));
    await ffmpeg(
      ...[
        '-f',
        'rawvideo',
        '-pix_fmt',
        'gray',
        '-s',
        `${WIDTH}x${HEIGHT}`,
        '-r',
        '10',
        '-i',
        at('disc.gray'),
      ],
      ...['-vf', 'format=yuv420p', '-c:v', 'ffv1', at('disc.mkv')],
    );
    const [seen] = await rawFrames(at('disc.mkv'), 'yuv420p', 1.5 * AREA);
    finds(() => [object]);
    await job(at('disc.mkv'), at('disc-cut.mkv'), { output: 'cutout' });
    finds(twoObjects, 2);
    const [frame] = await rawFrames(at('disc-cut.mkv'), 'yuva420p', 2.5 * AREA);
    const inside = seen![pixel(48, 32)] ?? 0;
    let mixed = 0;
    for (let i = 0; i < AREA; i++) {
      const alpha = frame![1.5 * AREA + i] ?? 0;
      if (alpha > 0 && alpha < 255) mixed++;
      // Everywhere near, also where it can't be seen.
      const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
      if (Math.hypot(x + 0.5 - 48, y + 0.5 - 32) < 26)
        expect(Math.abs((frame![i] ?? 0) - inside)).toBeLessThan(8);
    }
    expect(mixed).toBeGreaterThan(100);
  });

  it('is refused where transparency can not be kept, with the names of what can', async () => {
    await expect(job(clip, at('cut.mp4'), { output: 'cutout' })).rejects.toMatchObject({
      code: 'unsupported-output',
      message: expect.stringMatching(/\.mov \(ProRes\), \.webm \(VP9\), \.mkv.*\.webp.*PNG/) as string,
    });
    await expect(job(clip, at('cut.png'), { output: 'cutout' })).rejects.toThrow('out/%05d.png');
    await expect(job(clip, at('no.mov'), { output: 'cutout' }, { codec: 'h264' })).rejects.toThrow(
      'leave --codec out',
    );
    await ffmpeg('-i', clip, '-pix_fmt', 'yuv420p10le', '-c:v', 'ffv1', '-an', at('deep.mkv'));
    await expect(job(at('deep.mkv'), at('deep.webp'), { output: 'cutout' })).rejects.toThrow('.mov');
    await expect(job(at('deep.mkv'), at('deep.webm'), { output: 'cutout' })).rejects.toThrow('prores');
    await job(at('deep.mkv'), at('deep/%d.png'), { output: 'cutout' });
    expect(await sharp(at('deep/1.png')).metadata()).toMatchObject({ depth: 'ushort', channels: 4 });
  });
});

describe('a matte', () => {
  it('is the coverage, code by code, in full range', async () => {
    const clip = await makeClip(at('m.mkv'), { width: WIDTH, height: HEIGHT, rate: 10, seconds: 0.5 });
    finds(twoObjects);
    for (const [name, codec] of [
      ['matte.mkv', 'ffv1'],
      ['matte.mov', 'prores'],
    ] as const) {
      await job(clip, at(name), { output: 'matte' }, { codec });
      const [frame] = await rawFrames(at(name), 'gray', AREA, []);
      const [{ matte }] = twoObjects(0) as [Instance];
      let worst = 0;
      for (let y = 0; y < matte.height; y++)
        for (let x = 0; x < matte.width; x++) {
          const wanted = matte.data[y * matte.width + x] ?? 0;
          worst = Math.max(worst, Math.abs((frame![pixel(matte.x + x, matte.y + y)] ?? 0) - wanted));
        }
      expect(worst).toBeLessThan(codec === 'ffv1' ? 1 : 12);
      expect(frame![pixel(1, 1)]).toBeLessThan(2);
    }
    const { streams } = await ffprobe(at('matte.mkv'), '-show_streams');
    expect(streams![0]).toMatchObject({ pix_fmt: 'gray', color_range: 'pc' });
    await job(clip, at('matte.mp4'), { output: 'matte' });
    const h264 = (await ffprobe(at('matte.mp4'), '-show_streams')).streams![0]!;
    expect(h264).toMatchObject({ codec_name: 'h264', color_range: 'pc' });
  });
});

describe('another background', () => {
  let clip: string;
  beforeAll(async () => {
    clip = await makeClip(at('b.mkv'), {
      ...{ width: WIDTH, height: HEIGHT, rate: 10, seconds: 0.5, sound: false },
      args: ['-c:v', 'ffv1', '-pix_fmt', 'yuv444p'],
    });
    finds(twoObjects);
  });

  it.each(['yuv420p', 'yuv422p10le', 'yuv444p'])(
    'leaves the object alone and is flat elsewhere in %s',
    async (format) => {
      const source = at(`b-${format}.mkv`);
      await ffmpeg('-i', clip, '-pix_fmt', format, '-c:v', 'ffv1', source);
      const output = at(`flat-${format}.mkv`);
      const background = { colour: { red: 0, green: 0, blue: 255 } };
      await job(source, output, { output: 'replace', background }, { codec: 'ffv1' });
      const { streams } = await ffprobe(output, '-show_streams');
      expect(streams![0]).toMatchObject({ pix_fmt: format });
      const [[before], [after]] = [
        await rawFrames(source, 'yuv444p', 3 * AREA),
        await rawFrames(output, 'yuv444p', 3 * AREA),
      ];
      for (let plane = 0; plane < 3; plane++)
        expect(
          Math.abs(after![plane * AREA + pixel(30, 30)]! - before![plane * AREA + pixel(30, 30)]!),
        ).toBeLessThan(2);
      // Blue by BT.601 in limited range.
      expect(Math.abs(after![pixel(80, 5)]! - 41)).toBeLessThan(2);
      expect(Math.abs(after![AREA + pixel(80, 5)]! - 240)).toBeLessThan(2);
    },
  );

  it('is an image, cut to fill the frame', async () => {
    await sharp({ create: { width: 300, height: 40, channels: 3, background: '#ff0000' } })
      .composite([
        {
          input: { create: { width: 60, height: 40, channels: 3, background: '#00ff00' } },
          left: 120,
          top: 0,
        },
      ])
      .png()
      .toFile(at('Hintergründe.png'));
    const background = { image: at('Hintergründe.png') };
    await job(clip, at('image.mkv'), { output: 'replace', background }, { codec: 'ffv1' });
    const [frame] = await rawFrames(at('image.mkv'), 'rgb24', 3 * AREA);
    // 96:64 of 300×40 is its middle 60 pixels.
    for (const [x, y] of [
      [3, 3],
      [92, 60],
    ] as const)
      expect(
        [...frame!.subarray(3 * pixel(x, y), 3 * pixel(x, y) + 3)].map((v) => Math.round(v / 255)),
      ).toEqual([0, 1, 0]);
    const missing = { image: at('none.png') };
    await expect(job(clip, at('x.mkv'), { output: 'replace', background: missing })).rejects.toMatchObject({
      code: 'no-such-file',
    });
    await expect(
      job(clip, at('x.mkv'), { output: 'replace', background: { image: clip } }),
    ).rejects.toMatchObject({ code: 'not-media' });
  });

  it('is itself, blurred without the object bleeding into it', async () => {
    // White object, black around: what is blurred stays black.
    const object = ellipse({ track: 1, x: 48, y: 32, a: 16, b: 16 });
    finds(() => [object]);
    const picture = Buffer.alloc(AREA, 20);
    for (let y = 0; y < object.matte.height; y++)
      for (let x = 0; x < object.matte.width; x++) {
        const alpha = (object.matte.data[y * object.matte.width + x] ?? 0) / 255;
        picture[pixel(object.matte.x + x, object.matte.y + y)] = Math.round(20 + alpha * 200);
      }
    await writeFile(at('white.gray'), picture);
    await ffmpeg(
      ...[
        '-f',
        'rawvideo',
        '-pix_fmt',
        'gray',
        '-s',
        `${WIDTH}x${HEIGHT}`,
        '-r',
        '10',
        '-i',
        at('white.gray'),
      ],
      ...['-c:v', 'ffv1', at('white.mkv')],
    );
    await job(at('white.mkv'), at('blurred.mkv'), { output: 'blur', blurRadius: 12 }, { codec: 'ffv1' });
    const [frame] = await rawFrames(at('blurred.mkv'), 'gray', AREA);
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) {
        const away = Math.hypot(x + 0.5 - 48, y + 0.5 - 32);
        if (away > 19) expect(frame![pixel(x, y)]).toBeLessThan(24);
        if (away < 13) expect(frame![pixel(x, y)]).toBeGreaterThan(216);
      }
    finds(twoObjects);
    await job(clip, at('blur.mkv'), { output: 'blur' }, { codec: 'ffv1' });
    expect(await rawFrames(at('blur.mkv'), 'yuv444p', 3 * AREA)).toHaveLength(5);
  });
});

interface Coco {
  readonly images: readonly {
    id: number;
    frame: number;
    time: number;
    duration?: number;
    width: number;
    height: number;
  }[];
  readonly annotations: readonly {
    id: number;
    image_id: number;
    category_id: number;
    track_id: number;
    segmentation: readonly (readonly number[])[];
    bbox: readonly number[];
    area: number;
    score: number;
    confidence: number;
    outlier: boolean;
  }[];
  readonly categories: readonly { id: number; name: string }[];
  readonly tracks: readonly { id: number; first_frame: number; last_frame: number; frames: number }[];
}

async function cocoOf(path: string): Promise<Coco> {
  return JSON.parse(await readFile(path, 'utf8')) as Coco;
}

describe('contours', () => {
  let clip: string;
  beforeAll(async () => {
    clip = await makeClip(at('c.mkv'), { width: WIDTH, height: HEIGHT, rate: 10, seconds: 1 });
    finds(twoObjects, 3);
  });

  it('are a document of COCO’s format as the result itself', async () => {
    const facts = await job(clip, at('Umriß.json'), { output: 'json' });
    expect(facts.files).toEqual([at('Umriß.json')]);
    const { images, annotations, categories, tracks } = await cocoOf(at('Umriß.json'));
    expect(images.map(({ id, frame }) => [id, frame])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i + 1, i]),
    );
    const times = await timesOf(clip);
    images.forEach(({ time }, index) => {
      expect(Math.abs(time - times[index]!)).toBeLessThan(1e-6);
    });
    expect(images[0]).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(categories).toEqual([
      { id: 1, name: 'person', supercategory: 'person' },
      { id: 3, name: 'car', supercategory: 'car' },
    ]);
    expect(annotations).toHaveLength(15);
    expect(new Set(annotations.map(({ id }) => id)).size).toBe(15);
    const first = annotations[0]!;
    expect(first).toMatchObject({ image_id: 1, category_id: 1, track_id: 1, score: 0.9, confidence: 0.8 });
    expect(first.segmentation[0]).toHaveLength(256);
    expect(first.bbox.map(Math.round)).toEqual([16, 12, 28, 36]);
    // An ellipse of 14 by 18.
    expect(Math.abs(first.area - Math.PI * 14 * 18)).toBeLessThan(2);
    expect(annotations.filter(({ outlier }) => outlier)).toHaveLength(5);
    expect(tracks).toMatchObject([
      { id: 1, first_frame: 0, last_frame: 9, frames: 10 },
      { id: 2, first_frame: 5, last_frame: 9, frames: 5 },
    ]);
    expect(await readdir(folder)).not.toContain('.Umriß.json.clearcut');
  });

  it('stand beside a video under its name, in the result’s pixels and times', async () => {
    await ffmpeg('-i', clip, '-c', 'copy', '-metadata:s:v', 'rotate=90', at('side.mp4'));
    const stages = [
      { kind: 'segment', classes: 'all', output: 'overlay', contours: 'json' },
      { kind: 'enhance', fit: { width: 128, height: 192 } },
      { kind: 'interpolate', slow: 2, method: 'motion', slowSound: 'drop' },
    ] as const;
    const facts = await job(at('side.mp4'), at('side-out.mp4'), {}, { stages: [...stages] });
    expect(facts.files).toEqual([at('side-out.mp4'), at('side-out.json')]);
    const { images, annotations, categories } = await cocoOf(at('side-out.json'));
    expect(categories).toHaveLength(80);
    // Shown upright, twice as large, every second frame is one that was looked at.
    expect(images[0]).toMatchObject({ width: 128, height: 192, time: 0 });
    const times = await timesOf(at('side-out.mp4'));
    // And the last is held.
    expect(images.map(({ frame }) => frame)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 19]);
    images.forEach(({ frame, time }) => {
      expect(Math.abs(time - times[frame]!)).toBeLessThan(1e-3);
    });
    // The source is told of pictures as they are shown.
    expect(annotations[0]!.bbox.map(Math.round)).toEqual([32, 24, 56, 72]);
    const again = { input: clip, output: at('side-2.mp4'), overwrite: false } as const;
    const segment = { kind: 'segment', classes: 'all', contours: at('side-out.json') } as const;
    await expect(
      checkOutputs({ ...again, stages: [segment] } as unknown as JobRequest),
    ).rejects.toMatchObject({ code: 'output-exists' });
  });

  it('are an SVG that plays, or one for each frame', async () => {
    await job(clip, at('c.svg'), { output: 'svg' });
    const document = await readFile(at('c.svg'), 'utf8');
    const { info } = await sharp(Buffer.from(document)).png().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(document.match(/<g id="frame-/g)).toHaveLength(10);
    expect(document.match(/<path /g)).toHaveLength(15);
    const begins = [...document.matchAll(/to="visible" begin="([\d.]+)s" dur="([\d.]+|indefinite)s?"/g)];
    const times = await timesOf(clip);
    begins.forEach(([, begin], index) => {
      expect(Math.abs(Number(begin) - times[index + 1]!)).toBeLessThan(1e-6);
    });
    const facts = await job(clip, at('each/%02d.svg'), { output: 'svg' });
    expect(facts.files).toHaveLength(10);
    const { data } = await sharp(at('each/01.svg')).raw().toBuffer({ resolveWithObject: true });
    expect(data[4 * pixel(30, 30) + 3]).toBeGreaterThan(40);
    expect(data[4 * pixel(2, 2) + 3]).toBe(0);
    await expect(job(clip, at('c.mp4'), { output: 'svg' })).rejects.toThrow('.svg');
    await expect(job(clip, at('%d.json'), { output: 'json' })).rejects.toThrow('without a number');
    await expect(job(clip, at('x.json'), { output: 'overlay' })).rejects.toThrow('--output json');
  });
});

describe('an overlay', () => {
  it.each(['yuv420p', 'yuv422p10le', 'yuv444p', 'gray'])(
    'outlines, tints and names objects in %s',
    async (format) => {
      const clip = at(`o-${format}.mkv`);
      await ffmpeg(
        ...['-f', 'lavfi', '-i', `color=gray:size=${WIDTH}x${HEIGHT}:rate=10:duration=0.3`],
        ...['-pix_fmt', format, '-c:v', 'ffv1', clip],
      );
      finds(twoObjects);
      await job(clip, at(`over-${format}.mkv`), { output: 'overlay' }, { codec: 'ffv1' });
      const [before] = await rawFrames(clip, 'yuv444p', 3 * AREA);
      const [after] = await rawFrames(at(`over-${format}.mkv`), 'yuv444p', 3 * AREA);
      const change = (x: number, y: number): number =>
        Math.max(
          ...[0, 1, 2].map((plane) =>
            Math.abs(after![plane * AREA + pixel(x, y)]! - before![plane * AREA + pixel(x, y)]!),
          ),
        );
      expect(change(2, 60)).toBe(0);
      expect(change(30, 30)).toBeGreaterThan(3);
      expect(change(30 - 14, 30)).toBeGreaterThan(change(30, 30) + 10);
      // The board of the label above it.
      expect(change(20, 8)).toBeGreaterThan(10);
    },
  );
});

describe('a file for each object', () => {
  it('is as long as the video, and can go on', async () => {
    const clip = await makeClip(at('each.mkv'), { width: WIDTH, height: HEIGHT, rate: 10, seconds: 1 });
    finds(twoObjects, 1);
    const facts = await job(clip, at('each.mov'), { output: 'cutout', perInstance: true, contours: 'json' });
    expect(facts.files).toEqual([at('each-1.mov'), at('each-2.mov'), at('each.json')]);
    const alphaAt = async (name: string, x: number, y: number): Promise<number[]> => {
      const frames = await rawFrames(at(name), 'yuva444p12le', 8 * AREA);
      return frames.map((frame) => frame.readUInt16LE(6 * AREA + 2 * pixel(x, y)) / 4095);
    };
    expect(await alphaAt('each-1.mov', 36, 30)).toEqual(Array(10).fill(1));
    expect(await alphaAt('each-1.mov', 78, 44)).toEqual(Array(10).fill(0));
    expect(await alphaAt('each-2.mov', 78, 44)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(await timesOf(at('each-2.mov'))).toEqual(await timesOf(clip));
    const sound = (await ffprobe(at('each-2.mov'), '-show_streams')).streams![1];
    expect(sound).toMatchObject({ codec_name: 'aac' });
    await expect(job(clip, at('each.mov'), { output: 'cutout', perInstance: true })).rejects.toMatchObject({
      code: 'output-exists',
    });
    const pictures = await job(clip, at('seq/%d.png'), {
      output: 'cutout',
      perInstance: true,
      instances: [2],
    });
    expect(pictures.files[0]).toBe(at('seq-2/1.png'));
    expect(await readdir(folder)).not.toContain('seq');
  });

  it('is one for all where there is none', async () => {
    finds(() => []);
    const facts = await job(
      at('each.mkv'),
      at('none.mov'),
      { output: 'matte', perInstance: true },
      { codec: 'prores' },
    );
    expect(facts.files).toEqual([at('none.mov')]);
    expect(facts.notes).toContain('No person or car was found: nothing is outlined or cut out.');
  });
});

describe('a still', () => {
  beforeAll(async () => {
    await ffmpeg('-f', 'lavfi', '-i', `testsrc2=size=${WIDTH}x${HEIGHT}`, '-frames:v', '1', at('photo.png'));
    await sharp(at('photo.png'))
      .jpeg({ quality: 95 })
      .withMetadata({ orientation: 6 })
      .toFile(at('photo.jpg'));
    finds(() => twoObjects(9));
  });

  it('becomes a cut-out, and its matte, its contours, a file for each object', async () => {
    await job(at('photo.png'), at('photo-cut.png'), { output: 'cutout' });
    const { data, info } = await sharp(at('photo-cut.png')).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: WIDTH, height: HEIGHT, channels: 4 });
    const original = await sharp(at('photo.png')).removeAlpha().raw().toBuffer();
    for (const [x, y] of [
      [39, 30],
      [76, 40],
    ] as const) {
      expect(data[4 * pixel(x, y) + 3]).toBe(255);
      for (let channel = 0; channel < 3; channel++)
        expect(data[4 * pixel(x, y) + channel]).toBe(original[3 * pixel(x, y) + channel]);
    }
    expect(data[4 * pixel(2, 2) + 3]).toBe(0);
    await job(at('photo.png'), at('photo-matte.png'), { output: 'matte' });
    expect((await sharp(at('photo-matte.png')).metadata()).channels).toBe(1);
    await job(at('photo.png'), at('photo.svg'), { output: 'svg' });
    expect((await sharp(at('photo.svg')).metadata()).width).toBe(WIDTH);
    const facts = await job(at('photo.png'), at('part.webp'), {
      ...{ output: 'cutout', perInstance: true },
      contours: 'json',
    });
    expect(facts.files).toEqual([at('part-1.webp'), at('part-2.webp'), at('part.json')]);
    expect((await cocoOf(at('part.json'))).annotations).toHaveLength(2);
    const { data: second } = await sharp(at('part-2.webp')).raw().toBuffer({ resolveWithObject: true });
    expect([second[4 * pixel(39, 30) + 3], second[4 * pixel(76, 40) + 3]]).toEqual([0, 255]);
    await expect(job(at('photo.png'), at('cut.jpg'), { output: 'cutout' })).rejects.toThrow('.png');
  });

  it('is looked at upright, whatever way it lies in its file', async () => {
    const seen: { width: number; height: number }[] = [];
    made.source = () =>
      new HandMadeSource((_index, _seconds, { width, height }) => {
        seen.push({ width, height });
        return [ellipse({ track: 1, x: 20, y: 70, a: 10, b: 14 })];
      });
    await job(at('photo.jpg'), at('turned.json'), { output: 'json' });
    expect(seen).toEqual([{ width: HEIGHT, height: WIDTH }]);
    const { images, annotations } = await cocoOf(at('turned.json'));
    expect(images).toMatchObject([{ width: HEIGHT, height: WIDTH }]);
    expect(annotations[0]!.bbox.map(Math.round)).toEqual([10, 56, 20, 28]);
    await job(at('photo.jpg'), at('turned.png'), { output: 'cutout' });
    const { data } = await sharp(at('turned.png')).autoOrient().raw().toBuffer({ resolveWithObject: true });
    expect(data[4 * (70 * HEIGHT + 20) + 3]).toBe(255);
    expect(data[4 * (20 * HEIGHT + 20) + 3]).toBe(0);
  });
});

describe('a job in which nothing is found', () => {
  it('gives its video all the same, with a note', async () => {
    const clip = await makeClip(at('empty.mkv'), { width: WIDTH, height: HEIGHT, rate: 10, seconds: 0.3 });
    finds(() => []);
    for (const [name, segment] of [
      ['empty.mp4', { output: 'overlay' }],
      ['empty.mov', { output: 'cutout' }],
      ['empty-matte.mp4', { output: 'matte', minScore: 0.7 }],
      ['empty-blur.mp4', { output: 'blur' }],
      ['empty.webp', { output: 'cutout' }],
      ['empty.json', { output: 'json' }],
    ] as const) {
      const { notes, frames } = await job(clip, at(name), segment);
      expect(frames).toBe(3);
      expect(notes.find((note) => note.startsWith('No person or car was found'))).toBeDefined();
    }
    finds(twoObjects);
    const { notes } = await job(clip, at('other.mp4'), { output: 'overlay', instances: [7] });
    expect(notes).toContainEqual(expect.stringMatching(/^No person or car with the number 7 was found/));
  });
});

describe('an interrupted job', () => {
  let clip: string;
  beforeAll(async () => {
    // More than one segment.
    clip = await makeClip(at('long.mkv'), {
      width: WIDTH,
      height: HEIGHT,
      rate: 50,
      seconds: 5.6,
      sound: false,
    });
    // What is in a frame follows from how many came before.
    finds((index) => [ellipse({ track: 1 + (index % 3), x: 30 + (index % 40), y: 30, a: 14, b: 18 })], 3);
  });

  const SMOOTH = { kind: 'interpolate', factor: 2, method: 'motion' } as const;
  const matte = { kind: 'segment', classes: 'all', output: 'matte' } as const;
  it.each([
    ['cut-long.mov', [{ kind: 'segment', classes: 'all', output: 'cutout', contours: 'json' }], 'prores'],
    ['cut-long.webm', [{ kind: 'segment', classes: 'all', output: 'cutout' }], 'vp9'],
    ['long/%d.png', [{ kind: 'segment', classes: 'all', output: 'cutout' }], 'ffv1'],
    ['long.json', [{ kind: 'segment', classes: 'all', output: 'json' }], 'h264'],
    ['before.mkv', [SMOOTH, matte], 'ffv1'],
    ['after.mkv', [matte, SMOOTH], 'ffv1'],
  ] as const)('gives the same %s as one that runs through', async (name, stages, codec) => {
    const more = { stages: [...stages], codec, ...(name.includes('.mkv') ? { end: 3 } : {}) };
    const contents = async (facts: RunFacts): Promise<Buffer[]> =>
      Promise.all(facts.files.map((file) => readFile(file)));
    const whole = await job(clip, at(name), {}, more);
    const unbroken = await contents(whole);
    const isVideo = /mov|webm|mkv/.test(name);
    const hashes = isVideo ? await frameHashes(at(name)) : '';
    const abort = new AbortController();
    const broken = job(clip, at(name), {}, { ...more, overwrite: true }, abort, (_frames, _new, bytes) => {
      if (bytes > 0) abort.abort();
    });
    await expect(broken).rejects.toMatchObject({ code: 'cancelled' });
    const rest = await job(clip, at(name), {}, { ...more, overwrite: true });
    expect(rest.frames).toBe(whole.frames);
    expect(rest.framesThisRun).toBeLessThanOrEqual(whole.frames - 250);
    const parts = await contents(rest);
    expect(parts.length).toBe(unbroken.length);
    if (isVideo) expect(await frameHashes(at(name))).toBe(hashes);
    parts.forEach((part, index) => {
      // Containers hold a random number of their own.
      if (/json|png/.test(rest.files[index]!)) expect(part.equals(unbroken[index]!)).toBe(true);
      else expect(part.length).toBe(unbroken[index]!.length);
    });
  });
});
