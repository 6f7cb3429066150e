import { readdir, readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ellipse } from '../../../tests/support/hand-made';
import { asked, finds } from '../../../tests/support/made-source';
import { ffmpeg, ffprobe, frameHashes, makeClip } from '../../../tests/support/media';
import { scratchFolder } from '../../../tests/support/scratch';
import {
  AREA,
  cocoOf,
  HEIGHT,
  job,
  pixel,
  rawFrames,
  timesOf,
  twoObjects,
  WIDTH,
} from '../../../tests/support/segment-jobs';
import { type RunFacts } from '.';

vi.mock('../stages/segment/open-source', () => import('../../../tests/support/made-source'));

const at = scratchFolder();

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
    expect(await readdir(at())).not.toContain('seq');
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
    finds((_index, _seconds, { width, height }) => {
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

describe('a job of the objects that a shot is about', () => {
  it('leaves out those less than half as large, in video and in stills', async () => {
    const clip = await makeClip(at('main.mkv'), { width: WIDTH, height: HEIGHT, rate: 10, seconds: 1 });
    finds((index) => [
      ellipse({ track: 1, x: 30, y: 30, a: 14, b: 18 }),
      ellipse({ track: 2, x: 60, y: 30, a: 4, b: 8 }),
      // Comes nearer.
      ellipse({ track: 3, x: 85, y: 30, a: 5, b: 6 + index }),
    ]);
    await job(clip, at('main.json'), { output: 'json', instances: 'main' });
    const { annotations, tracks } = await cocoOf(at('main.json'));
    expect(tracks.map(({ id, first_frame, frames }) => [id, first_frame, frames])).toEqual([
      [1, 0, 10],
      [3, 3, 7],
    ]);
    expect(annotations).toHaveLength(17);
    await ffmpeg('-i', clip, '-frames:v', '1', at('main.png'));
    const facts = await job(at('main.png'), at('mains.png'), {
      ...{ output: 'cutout', instances: 'main', perInstance: true },
    });
    expect(facts.files).toEqual([at('mains-1.png')]);
  });

  it('sees pictures as large for files of single objects as for one file', async () => {
    const clip = at('main.mkv');
    finds(twoObjects);
    await job(clip, at('sizes.mov'), { output: 'matte', perInstance: true, quality: 'standard' });
    expect(asked().map(({ quality }) => quality)).toContain('standard');
    expect(asked().map(({ quality }) => quality)).not.toContain(undefined);
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
      seconds: 8,
      sound: false,
    });
    // What is in a frame follows from how many came before.
    finds((index) => {
      const moving = ellipse({ track: 1 + (index % 3), x: 30 + (index % 40), y: 30, a: 14, b: 18 });
      // Large enough to be a main one at first only.
      return [moving, ellipse({ track: 9, x: 85, y: 30, a: 5, b: index < 20 ? 12 : 7 })];
    }, 3);
  });

  const SMOOTH = { kind: 'interpolate', factor: 2, method: 'motion' } as const;
  const matte = { kind: 'segment', classes: 'all', output: 'matte' } as const;
  it.each([
    ['cut-long.mov', [{ kind: 'segment', classes: 'all', output: 'cutout', contours: 'json' }], 'prores'],
    ['cut-long.webm', [{ kind: 'segment', classes: 'all', output: 'cutout' }], 'vp9'],
    ['long/%d.png', [{ kind: 'segment', classes: 'all', output: 'cutout' }], 'ffv1'],
    ['long.json', [{ kind: 'segment', classes: 'all', output: 'json' }], 'h264'],
    ['main-long.json', [{ kind: 'segment', classes: 'all', instances: 'main', output: 'json' }], 'h264'],
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
    const broken = job(
      clip,
      at(name),
      {},
      { ...more, overwrite: true },
      abort,
      (_frames, _new, { bytes }) => {
        if (bytes > 0) abort.abort();
      },
    );
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
