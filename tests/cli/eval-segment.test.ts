import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvalMatteResult, EvalSegmentResult, EvalTrackResult } from '../../app/shared';
import { clearcut, startCli } from '../support/cli';
import { temporaryFolder } from '../support/media';

const [WIDTH, HEIGHT] = [64, 48];

let folder: string;
let cleanUp: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  await mkdir(at('none'));
});
afterAll(() => cleanUp());

const at = (...names: readonly string[]): string => join(folder, ...names);

/** A white rectangle on black. */
async function paint(path: string, left: number, width: number): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const white = { create: { width, height: 30, channels: 3 as const, background: 'white' } };
  await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: 'black' } })
    .composite([{ input: await sharp(white).png().toBuffer(), left, top: 8 }])
    .png()
    .toFile(path);
}

describe('eval segment', () => {
  const rectangle = (x: number, width: number): number[][] => [[x, 8, x + width, 8, x + width, 38, x, 38]];
  const object = (category: number, x: number, width: number): object => ({
    image_id: 3,
    category_id: category,
    segmentation: rectangle(x, width),
  });
  beforeAll(async () => {
    await writeFile(
      at('truth.json'),
      JSON.stringify({
        images: [{ id: 3, file_name: 'a.png', width: WIDTH, height: HEIGHT }],
        categories: [
          { id: 1, name: 'person' },
          { id: 3, name: 'car' },
        ],
        annotations: [
          { ...object(1, 4, 20), iscrowd: 0 },
          { ...object(3, 34, 20), iscrowd: 0 },
        ],
      }),
    );
    await writeFile(
      at('found.json'),
      JSON.stringify([
        { ...object(1, 4, 20), score: 0.5 },
        { ...object(3, 34, 12), score: 0.9 },
      ]),
    );
  });

  it('gives one JSON document with the scores of every class', async () => {
    const args = [at('truth.json'), folder, '--detections', at('found.json'), '--json'];
    const { code, stdout, stderr } = await clearcut('eval', 'segment', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { classes, mean, images, speed } = JSON.parse(stdout) as EvalSegmentResult;
    expect({ images, speed }).toEqual({ images: 1, speed: null });
    // The car's IoU is .6: right at .5, .55 and .6.
    expect(classes.map(({ name, mask }) => [name, mask])).toEqual([
      ['person', { ap: 1, ap50: 1, ap75: 1 }],
      ['car', { ap: expect.closeTo(0.3, 9) as number, ap50: 1, ap75: 0 }],
    ]);
    expect(mean.mask.ap).toBeCloseTo(0.65, 9);
  });

  it('prints a table with the means at its end', async () => {
    const { stdout } = await clearcut(
      ...['eval', 'segment', at('truth.json'), folder, '--detections', at('found.json')],
    );
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(`Objects in 1 images of ${at('truth.json')} by detections of ${at('found.json')}`);
    expect(lines[2]).toMatch(/^person +1 +1 +1\.000 +1\.000 +1\.000 +1\.000 +1\.000$/);
    expect(lines.at(-1)).toMatch(/^mean +0\.650 +1\.000 +0\.500/);
  });

  it('says what is missing', async () => {
    const missing = await clearcut('eval', 'segment', at('nowhere.json'), folder);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("nowhere.json can't be read");
    const models = await startCli(['eval', 'segment', at('truth.json'), folder], {
      CLEARCUT_MODELS: at('none'),
    }).ended;
    expect(models.code).toBe(2);
    expect(models.stderr).toContain('No network that cuts out objects is installed');
  });
});

describe('eval matte', () => {
  beforeAll(async () => {
    await paint(at('people', 'images', 'one.png'), 0, 10);
    await paint(at('people', 'masks', 'one.png'), 10, 20);
    await paint(at('found', 'one.png'), 10, 10);
  });

  it('scores masks of any tool', async () => {
    const json = await clearcut('eval', 'matte', at('people'), '--masks', at('found'), '--json');
    expect(json.code).toBe(0);
    const result = JSON.parse(json.stdout) as EvalMatteResult;
    expect(result).toMatchObject({
      split: null,
      secondsPerFrame: null,
      mean: { union: { iou: 0.5 }, main: null, best: null },
    });
    const { stdout } = await clearcut('eval', 'matte', at('people'), '--masks', at('found'));
    expect(stdout).toMatch(/^one +0\.500 +0\.\d{3}(?: +–){7}$/m);
  });

  it('refuses what makes no sense', async () => {
    for (const [flags, message] of [
      [['--masks', at('found'), '--flicker'], '--flicker takes pictures anew'],
      [['--masks', at('found'), '--split', 'val'], 'index.tsv is missing'],
      [['--min-score', '2'], 'Expected a number from 0 to 1'],
    ] as const) {
      const { code, stderr } = await clearcut('eval', 'matte', at('people'), ...flags);
      expect({ code, says: stderr.includes(message) }).toEqual({ code: 2, says: true });
    }
  });
});

describe('eval track', () => {
  it('scores masks of any tool', async () => {
    for (let frame = 0; frame < 4; frame++) {
      await paint(at('clip', 'frames', `${frame}.png`), 0, 10);
      await paint(at('clip', 'masks', `${frame}.png`), 5 * frame, 20);
    }
    const masks = ['--masks', at('clip', 'masks')];
    const json = await clearcut('eval', 'track', at('clip'), ...masks, '--json');
    expect(json.code).toBe(0);
    const { sequences } = JSON.parse(json.stdout) as EvalTrackResult;
    expect(sequences).toMatchObject([
      { name: 'clip', frames: 4, union: { j: { mean: 1 }, f: { mean: 1 }, flicker: 0 } },
    ]);
    const { stdout } = await clearcut('eval', 'track', at('clip'), ...masks);
    expect(stdout).toMatch(/^clip +4 +union +1\.000 +1\.000 +0\.000 +1\.000 +1\.000 +0\.000 +0\.0000 +– +–/m);
  });
});
