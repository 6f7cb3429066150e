import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../tests/support/media';
import { CancelledError, type EvalMatteRequest, type EvalTrackRequest } from '../../../shared';
import type { RgbImage } from '../read-image';
import { evalMatte } from './eval-matte';
import { evalSegment } from './eval-segment';
import { evalTrack } from './eval-track';
import type { EvalContext, Finder, FollowedRegion, FoundRegion, OpenFinder } from './finder';
import { regionOf, type Region } from './region';

const [WIDTH, HEIGHT] = [60, 40];
const [PERSON, BICYCLE, DOG] = [0, 1, 16];

let folder = '';
let cleanUp: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
});
afterAll(() => cleanUp());

const at = (...names: readonly string[]): string => join(folder, ...names);
const box = (x: number, y: number, width: number, height: number): Region =>
  regionOf({ x, y, width, height, data: new Uint8Array(width * height).fill(255) });

/** Writes a black picture with white boxes; bright enough ones are what the finder below finds. */
async function paint(
  path: string,
  ...boxes: readonly (readonly [number, number, number, number])[]
): Promise<void> {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (const [left, top, width, height] of boxes)
    for (let y = top; y < top + height; y++) pixels.fill(255, y * WIDTH + left, y * WIDTH + left + width);
  await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(path);
}

/** Finds what `see` says of a picture, by the number of pictures seen before. */
function finder(
  see: (picture: RgbImage, index: number) => readonly FollowedRegion[],
): Finder & { closed: boolean } {
  let seen = 0;
  return {
    description: 'a made-up network',
    closed: false,
    find(picture) {
      const found: readonly FoundRegion[] = see(picture, seen++);
      return Promise.resolve({ found, time: { whole: 0.5, parts: { network: 0.25, contours: 0.15 } } });
    },
    async *follow(shot) {
      for await (const picture of shot) yield see(picture, seen++);
    },
    close() {
      this.closed = true;
      return Promise.resolve();
    },
  };
}

const found = (classIndex: number, region: Region, more: Partial<FollowedRegion> = {}): FollowedRegion => ({
  ...{ classIndex, region, score: 0.9, track: 1, outlier: false },
  ...more,
});

const context = (signal = new AbortController().signal): EvalContext => ({
  signal,
  onProgress: () => undefined,
});
const opening =
  (by: Finder | null): OpenFinder =>
  () =>
    by ? Promise.resolve(by) : Promise.reject(new Error('Nothing to open.'));

describe('the evaluation of instances', () => {
  const polygon = (x: number, y: number, width: number, height: number): number[][] => [
    [x, y, x + width, y, x + width, y + height, x, y + height],
  ];
  const annotations = {
    images: [
      { id: 7, file_name: 'a.png', width: WIDTH, height: HEIGHT },
      { id: 9, file_name: 'b.png', width: WIDTH, height: HEIGHT },
    ],
    categories: [
      { id: 1, name: 'person' },
      { id: 2, name: 'bicycle' },
      { id: 18, name: 'dog' },
    ],
    annotations: [
      { image_id: 7, category_id: 1, iscrowd: 0, segmentation: polygon(4, 4, 20, 30) },
      { image_id: 7, category_id: 1, iscrowd: 0, segmentation: polygon(30, 4, 20, 30) },
      {
        image_id: 9,
        category_id: 1,
        iscrowd: 1,
        segmentation: { size: [HEIGHT, WIDTH], counts: [0, 1200, 1200] },
      },
      {
        image_id: 9,
        category_id: 18,
        iscrowd: 0,
        segmentation: polygon(20, 10, 30, 20),
      },
    ],
  };
  const write = async (name: string, data: unknown): Promise<string> => {
    await writeFile(at(name), JSON.stringify(data));
    return at(name);
  };
  let truth = '';
  beforeAll(async () => {
    truth = await write('truth.json', annotations);
    await mkdir(at('pictures'));
    await paint(at('pictures', 'a.png'), [0, 0, 1, 1]);
    await paint(at('pictures', 'b.png'));
  });

  const evaluate = async (results: unknown): ReturnType<typeof evalSegment> =>
    evalSegment(
      { annotations: truth, images: at('pictures'), detections: await write('results.json', results) },
      context(),
    );
  const asFound = (index: number, score = 0.5): unknown => ({
    image_id: [7, 7, 9, 9][index],
    category_id: [1, 1, 1, 18][index],
    segmentation: [
      polygon(4, 4, 20, 30),
      polygon(30, 4, 20, 30),
      { size: [HEIGHT, WIDTH], counts: [0, 1200, 1200] },
      polygon(20, 10, 30, 20),
    ][index],
    score,
  });

  it('gives exactly 1 for the truth itself', async () => {
    const one = { ap: 1, ap50: 1, ap75: 1 };
    expect(await evaluate([0, 1, 2, 3].map((index) => asFound(index)))).toEqual({
      annotations: truth,
      images: 2,
      method: `detections of ${at('results.json')}`,
      classes: [
        { name: 'person', objects: 2, found: 3, mask: one, boundary: one },
        { name: 'dog', objects: 1, found: 1, mask: one, boundary: one },
      ],
      mean: { mask: one, boundary: one },
      speed: null,
    });
  });

  it('counts classes the same, whatever number of objects they have', async () => {
    const { classes, mean } = await evaluate([asFound(0), asFound(3)]);
    expect(classes.map(({ mask }) => mask.ap)).toEqual(
      [51 / 101, 1].map((ap) => expect.closeTo(ap, 12) as number),
    );
    expect(mean.mask.ap).toBeCloseTo((51 / 101 + 1) / 2, 12);
  });

  it('asks more of boundaries than of masks', async () => {
    // 25 of 30 columns: IoU .83. Of the bands, one pixel wide, 68 of 96 + 86 − 68 pixels are common: .596.
    const { classes } = await evaluate([
      { ...(asFound(3) as object), segmentation: polygon(20, 10, 25, 20) },
    ]);
    const dog = classes.find(({ name }) => name === 'dog')!;
    expect(dog.mask).toEqual({ ap: expect.closeTo(0.7, 12) as number, ap50: 1, ap75: 1 });
    expect(dog.boundary).toEqual({ ap: expect.closeTo(0.2, 12) as number, ap50: 1, ap75: 0 });
  });

  it('measures a network by the names of its classes, and how long it takes', async () => {
    const network = finder((picture) =>
      picture.data[0] === 255
        ? [
            found(PERSON, box(4, 4, 20, 30)),
            found(PERSON, box(30, 4, 20, 30)),
            found(BICYCLE, box(0, 0, 5, 5)),
            found(79, box(0, 0, 5, 5)),
          ]
        : [found(DOG, box(20, 10, 30, 20))],
    );
    const result = await evalSegment(
      { annotations: truth, images: at('pictures') },
      context(),
      opening(network),
    );
    expect(result.method).toBe('a made-up network');
    expect(result.classes.map(({ name, mask }) => [name, mask.ap])).toEqual([
      ['person', 1],
      ['dog', 1],
    ]);
    expect(result.speed).toEqual({
      framesPerSecond: expect.closeTo(2.5, 9) as number,
      seconds: { network: 0.25, contours: 0.15 },
    });
    expect(network.closed).toBe(true);
  });

  it('says what is wrong with a file', async () => {
    const refused = async (results: unknown, message: RegExp): Promise<void> => {
      await expect(evaluate(results)).rejects.toThrow(message);
    };
    await refused(
      [{ ...(asFound(0) as object), image_id: 8 }],
      /entry for picture 8, which the annotations don't know/,
    );
    await refused([{ image_id: 7 }], /no COCO results: 0\.category_id/);
    await refused(
      [{ ...(asFound(0) as object), segmentation: { size: [WIDTH, HEIGHT], counts: [2400] } }],
      /mask of 40×60 for a\.png, which is 60×40/,
    );
    await refused(
      [{ ...(asFound(0) as object), segmentation: { size: [HEIGHT, WIDTH], counts: [2399] } }],
      /damaged mask for a\.png/,
    );
    const images = at('pictures');
    await expect(evalSegment({ annotations: at('none.json'), images }, context())).rejects.toMatchObject({
      code: 'no-such-file',
    });
    await writeFile(at('broken.json'), '{');
    await expect(evalSegment({ annotations: at('broken.json'), images }, context())).rejects.toThrow(
      /no JSON/,
    );
    const empty = await write('empty.json', { ...annotations, annotations: [] });
    const network = finder(() => []);
    await expect(
      evalSegment({ annotations: empty, images }, context(), opening(network)),
    ).rejects.toMatchObject({
      code: 'no-media',
    });
    expect(network.closed).toBe(true);
  });
});

describe('the evaluation of mattes', () => {
  const evaluate = (
    request: Partial<EvalMatteRequest>,
    by: Finder | null = null,
  ): ReturnType<typeof evalMatte> =>
    evalMatte({ directory: at('people'), ...request }, context(), opening(by));

  beforeAll(async () => {
    for (const name of ['images', 'masks']) await mkdir(at('people', name), { recursive: true });
    for (const name of ['one', 'two']) await paint(at('people', 'images', `${name}.png`), [0, 0, 1, 1]);
    await paint(at('people', 'masks', 'one.png'), [10, 5, 20, 20]);
    await paint(at('people', 'masks', 'two.png'), [10, 5, 40, 20]);
  });

  it('gives exactly 1 for the true masks themselves', async () => {
    const one = { iou: 1, boundaryIou: 1 };
    const { pictures, mean } = await evaluate({ masks: at('people', 'masks') });
    expect(pictures).toEqual(
      ['one', 'two'].map((name) => ({
        name,
        union: one,
        main: null,
        best: null,
        people: 0,
        steadiness: null,
      })),
    );
    expect(mean).toEqual({ union: one, main: null, best: null, steadiness: null });
  });

  it('measures the union of people, of the main ones, and of those that fit best', async () => {
    const network = finder(() => [
      found(PERSON, box(10, 5, 20, 20)),
      found(PERSON, box(30, 5, 20, 20)),
      found(PERSON, box(52, 5, 9, 9)),
      found(DOG, box(0, 0, 60, 40)),
    ]);
    const { pictures, mean, secondsPerFrame } = await evaluate({}, network);
    expect(
      pictures.map(({ union, main, best, people }) => [union.iou, main?.iou, best?.iou, people]),
    ).toEqual([
      [400 / 881, 0.5, 1, 3],
      [800 / 881, 1, 1, 3],
    ]);
    expect(mean).toMatchObject({ main: { iou: 0.75 }, best: { iou: 1, boundaryIou: 1 }, steadiness: null });
    expect(secondsPerFrame).toBe(0.5);
    expect(network.closed).toBe(true);
  });

  it('measures how steady masks are under noise', async () => {
    let times = 0;
    // Noise takes half of the mask away every second time.
    const network = finder(() => [found(PERSON, box(10, 5, 20, times++ % 2 === 0 ? 20 : 10))]);
    const { pictures, mean } = await evaluate({ flicker: true }, network);
    const half = { alone: 0.5, followed: 0.5 };
    expect(pictures.map(({ steadiness }) => steadiness)).toEqual([half, half]);
    expect(mean.steadiness).toEqual(half);
    await expect(evaluate({ flicker: true, masks: at('people', 'masks') })).rejects.toMatchObject({
      code: 'bad-usage',
    });
  });

  it('takes the rows of an index, of one split where it is named', async () => {
    await mkdir(at('indexed'));
    await writeFile(
      at('indexed', 'index.tsv'),
      'split\tmask\timage\ntrain\t../people/masks/one.png\t../people/images/one.png\nval\t../people/masks/two.png\t../people/images/two.png\n',
    );
    const names = async (split?: string): Promise<string[]> => {
      const request = { directory: at('indexed'), masks: at('people', 'masks'), ...(split ? { split } : {}) };
      return (await evaluate(request)).pictures.map(({ name }) => name);
    };
    expect(await names()).toEqual(['one', 'two']);
    expect(await names('val')).toEqual(['two']);
    await expect(names('test')).rejects.toThrow(/no pictures of the split test: there are train, val/);
    await writeFile(at('indexed', 'index.tsv'), 'image\tsplit\na.png\tval\n');
    await expect(names()).rejects.toThrow(/no column "mask"/);
  });

  it('says what is missing or differs in size', async () => {
    await expect(evaluate({ split: 'val' })).rejects.toThrow(/index\.tsv is missing/);
    await expect(evaluate({ directory: at('pictures') })).rejects.toMatchObject({ code: 'no-such-file' });
    await mkdir(at('few'));
    await paint(at('few', 'one.png'));
    await expect(evaluate({ masks: at('few') })).rejects.toThrow(/no mask for two/);
    await sharp(at('people', 'masks', 'one.png'))
      .resize(30, 20)
      .png()
      .toFile(at('few', 'two.png'));
    await expect(evaluate({ masks: at('few') })).rejects.toThrow(
      /two\.png \(30×20\) is not as large .* \(60×40\)/,
    );
  });
});

describe('the evaluation of tracks', () => {
  const FRAMES = 8;
  const evaluate = (
    request: Partial<EvalTrackRequest>,
    by: Finder | null = null,
  ): ReturnType<typeof evalTrack> =>
    evalTrack({ directory: at('video'), ...request }, context(), opening(by));

  beforeAll(async () => {
    for (const sequence of ['run', 'walk']) {
      for (const name of ['frames', 'masks']) await mkdir(at('video', sequence, name), { recursive: true });
      for (let frame = 0; frame < FRAMES; frame++) {
        await paint(at('video', sequence, 'frames', `0${frame}.png`));
        await paint(at('video', sequence, 'masks', `0${frame}.png`), [frame, 10, 20, 20]);
      }
    }
  });

  it('gives exactly 1 for the true masks themselves, in a folder of sequences and in one', async () => {
    await mkdir(at('copies'));
    const perfect = { mean: 1, recall: 1, decay: 0 };
    const facts = { frames: FRAMES, width: WIDTH, height: HEIGHT, tracks: 0 };
    const nothing = { best: null, together: null, switches: null, secondsPerFrame: null };
    const { sequences } = await evaluate({
      directory: at('video', 'run'),
      masks: at('video', 'run', 'masks'),
    });
    expect(sequences).toEqual([
      { name: 'run', ...facts, ...nothing, union: { j: perfect, f: perfect, flicker: 0 } },
    ]);
    for (const sequence of ['run', 'walk']) {
      await mkdir(at('copies', sequence));
      for (let frame = 0; frame < FRAMES; frame++)
        await paint(at('copies', sequence, `0${frame}.png`), [frame, 10, 20, 20]);
    }
    const several = await evaluate({ masks: at('copies') });
    expect(several.sequences.map(({ name, union }) => [name, union.j.mean])).toEqual([
      ['run', 1],
      ['walk', 1],
    ]);
  });

  it('compares the track that fits best, the best ones together, and all', async () => {
    // A person whose left half is track 5, whose right half 6; a dog far off is track 1. Lost as 5 in frame 4, it is 9 then.
    const network = finder((_, index) => {
      const frame = index % FRAMES;
      return [
        found(DOG, box(40, 0, 10, 5), { track: 1 }),
        found(PERSON, box(frame, 10, 15, 20), { track: frame === 4 ? 9 : 5, outlier: frame === 2 }),
        found(PERSON, box(frame + 15, 10, 5, 20), { track: 6 }),
      ];
    });
    const { method, sequences } = await evaluate({ directory: at('video', 'run') }, network);
    expect(method).toBe('a made-up network');
    const [run] = sequences;
    expect(run).toMatchObject({ tracks: 4, switches: 2 });
    expect(run?.best).toMatchObject({ track: 5, className: 'person', flaggedJ: 0.75 });
    expect(run?.best?.flagged).toBeCloseTo(1 / 7, 12);
    expect(run?.best?.j.mean).toBeCloseTo((7 * 0.75) / 8, 12);
    expect(run?.best?.j.recall).toBe(7 / 8);
    expect(run?.together?.j.mean).toBe(1);
    expect(run?.together?.flicker).toBe(0);
    expect(run?.union.j.mean).toBeCloseTo(400 / 450, 12);
    expect(run?.secondsPerFrame).toBeGreaterThanOrEqual(0);
    expect(network.closed).toBe(true);
  });

  it('has an answer where nothing is found', async () => {
    const { sequences } = await evaluate(
      { directory: at('video', 'run') },
      finder(() => []),
    );
    expect(sequences[0]).toMatchObject({ tracks: 0, switches: 0, best: null });
    expect(sequences[0]?.union).toMatchObject({ j: { mean: 0, recall: 0 }, f: { mean: 0 } });
  });

  it('says what is missing, and stops when it is told to', async () => {
    await expect(evaluate({ directory: at('none') })).rejects.toMatchObject({ code: 'no-such-file' });
    await expect(evaluate({ directory: at('pictures') })).rejects.toMatchObject({ code: 'no-media' });
    const stop = new AbortController();
    const network = finder(() => {
      stop.abort();
      return [];
    });
    await expect(
      evalTrack({ directory: at('video') }, context(stop.signal), opening(network)),
    ).rejects.toThrow(CancelledError);
    expect(network.closed).toBe(true);
  });
});
