import { mkdir, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BICYCLE,
  box,
  context,
  DOG,
  finder,
  folderForAll,
  found,
  HEIGHT,
  opening,
  paint,
  PERSON,
  WIDTH,
} from '../../../../tests/support/made-up-finder';
import { evalSegment } from './eval-segment';

const at = folderForAll();

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
