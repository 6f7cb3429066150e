import { readdir, readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { finds } from '../../../tests/support/made-source';
import { makeClip } from '../../../tests/support/media';
import { scratchFolder } from '../../../tests/support/scratch';
import {
  cocoOf,
  HEIGHT,
  job,
  pixel,
  timesOf,
  turned,
  twoObjects,
  WIDTH,
} from '../../../tests/support/segment-jobs';
import type { JobRequest } from '../../shared';
import { checkOutputs } from '.';

vi.mock('../stages/segment/open-source', () => import('../../../tests/support/made-source'));

const at = scratchFolder();

describe('contours', () => {
  let clip: string;
  beforeAll(async () => {
    clip = await makeClip(at('c.mkv'), { width: WIDTH, height: HEIGHT, rate: 10, seconds: 1 });
    finds(twoObjects, 3);
  });

  it('are a document of COCO’s format as the result itself', async () => {
    const facts = await job(clip, at('Umriß.json'), { output: 'json' });
    expect(facts.files).toEqual([at('Umriß.json')]);
    // Asked for beside itself it is there once.
    const twice = await job(clip, at('twice.json'), { output: 'json', contours: 'json' });
    expect(twice.files).toEqual([at('twice.json')]);
    expect((await cocoOf(at('twice.json'))).tracks).toEqual((await cocoOf(at('Umriß.json'))).tracks);
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
    expect(await readdir(at())).not.toContain('.Umriß.json.clearcut');
  });

  it('stand beside a video under its name, in the result’s pixels and times', async () => {
    await turned(clip, at('side.mp4'));
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
