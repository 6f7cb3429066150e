import { readdir, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ellipse } from '../../../tests/support/hand-made';
import { finds } from '../../../tests/support/made-source';
import { ffmpeg, ffprobe, makeClip, tools } from '../../../tests/support/media';
import { scratchFolder } from '../../../tests/support/scratch';
import {
  AREA,
  everyFrame,
  HEIGHT,
  job,
  pixel,
  rawFrames,
  timesOf,
  turned,
  twoObjects,
  WIDTH,
} from '../../../tests/support/segment-jobs';
import type { Instance } from '../frames';
import { probe } from '../media';

vi.mock('../stages/segment/open-source', () => import('../../../tests/support/made-source'));

const at = scratchFolder();

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
    const upright = at('turned.mp4');
    await makeClip(at('lying.mp4'), { width: WIDTH, height: HEIGHT, rate: 10, seconds: 1.2, sound: false });
    await turned(at('lying.mp4'), upright);
    const facts = await job(upright, at('Ünï (1)/%03d.png'), { output: 'cutout' });
    const names = await readdir(at('Ünï (1)'));
    expect(names.toSorted()).toEqual(
      Array.from({ length: 12 }, (_, index) => `${String(index + 1).padStart(3, '0')}.png`),
    );
    expect(facts.files).toHaveLength(12);
    const { rotation } = (await probe(await tools(), upright)).video;
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
      ...['-vf', `settb=1/90,setpts='${lookup}'`, ...(await everyFrame('vfr'))],
      ...['-enc_time_base', '1/90'],
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
