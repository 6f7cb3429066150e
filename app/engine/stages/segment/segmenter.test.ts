import { describe, expect, it } from 'vitest';
import type { SegmentManifest } from '../../../shared';
import type { HostTensor } from '../../runtime';
import type { RgbPicture } from './instances';
import type { DetectorMaps } from './peaks';
import { Segmenter, type SegmenterOptions } from './segmenter';
import type { SnakeGraphs } from './snake-graphs';
import { signedArea } from './trace-outlines';

const manifest = {
  name: 'deepsnake-test',
  multiple: 32,
  workingSize: 128,
  classes: [
    { index: 0, name: 'person', ap50: 0.6, shown: true },
    { index: 16, name: 'dog', ap50: 0.4, shown: true },
    { index: 2, name: 'car', ap50: 0.1, shown: false },
  ],
} as unknown as SegmentManifest;

/** A disc in pixels of the network's input. */
interface Disc {
  readonly classIndex: number;
  readonly score: number;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Graphs that know where discs are. */
function discGraphs(discs: readonly Disc[]): {
  graphs: SnakeGraphs;
  pictures: Float32Array[];
  sizes: number[][];
} {
  const pictures: Float32Array[] = [];
  const sizes: number[][] = [];
  const graphs = {
    diamondPoints: 40,
    contourPoints: 128,
    detect: async ({ dims, data }: HostTensor): Promise<DetectorMaps> => {
      const [, , height = 0, width = 0] = dims;
      pictures.push(Float32Array.from(data as Float32Array));
      sizes.push([width, height]);
      const [columns, rows] = [width / 4, height / 4];
      const heatmap = new Float32Array(80 * columns * rows);
      const box = new Float32Array(8 * columns * rows);
      for (const { classIndex, score, x, y, radius } of discs) {
        const cell = Math.floor(y / 4) * columns + Math.floor(x / 4);
        heatmap[classIndex * columns * rows + cell] = score;
        for (let side = 0; side < 8; side++) box[side * columns * rows + cell] = radius;
      }
      return { heatmap, box, width: columns, height: rows };
    },
    extremes: async (diamonds: Float32Array) => diamonds,
    contours: async (first: Float32Array) => first,
    inside: async (points: Float32Array, _: Float32Array, logits: Float32Array) => {
      for (let at = 0; at < logits.length; at++)
        logits[at] = Math.max(
          ...discs.map(
            ({ x, y, radius }) =>
              radius - Math.hypot((points[2 * at] ?? 0) - x, (points[2 * at + 1] ?? 0) - y),
          ),
        );
    },
    attempt: <T>(work: () => Promise<T>) => work(),
    close: async () => undefined,
  };
  return { graphs: graphs as unknown as SnakeGraphs, pictures, sizes };
}

function picture(width: number, height: number): RgbPicture {
  const data = new Float32Array(3 * width * height);
  for (let at = 0; at < data.length; at++) data[at] = (at % width) / width;
  return { width, height, data };
}

const options: SegmenterOptions = { classes: 'all', minScore: 0.3, note: () => undefined };
const disc = { classIndex: 0, score: 0.9, x: 62, y: 34, radius: 20 };

describe('Segmenter', () => {
  it('finds objects in pixels of the frame, with a matte and outlines', async () => {
    const { graphs, sizes } = discGraphs([disc]);
    const segmenter = new Segmenter(graphs, manifest, options);
    const [found, ...others] = await segmenter.segment(picture(320, 180));
    expect(others).toEqual([]);
    // The picture is 128×72 to the network, filled up to 96 rows; a network pixel is 2.5 of the frame's.
    expect(sizes).toEqual([[128, 96]]);
    expect(found).toMatchObject({ classIndex: 0, box: { x0: 105, y0: 35, x1: 205, y1: 135 } });
    expect(found?.score).toBeCloseTo(0.9, 6);
    const { matte, contours = [] } = found ?? {};
    const covered = matte?.data.reduce((sum, value) => sum + value / 255, 0) ?? 0;
    expect(covered / (Math.PI * 50 ** 2)).toBeCloseTo(1, 1);
    expect(contours).toHaveLength(1);
    expect(-signedArea(contours[0] ?? []) / (Math.PI * 50 ** 2)).toBeCloseTo(1, 1);
    expect(contours[0]?.length).toBeLessThan(200);
    expect(found?.contours).toBe(contours);
    await segmenter.close();
  });

  it('repeats the last row and column beyond the picture', async () => {
    const { graphs, pictures } = discGraphs([disc]);
    const segmenter = new Segmenter(graphs, manifest, options);
    expect(await segmenter.segment(picture(128, 70))).toHaveLength(1);
    const [seen = new Float32Array()] = pictures;
    expect(seen.length).toBe(3 * 128 * 96);
    expect(seen.slice(95 * 128, 96 * 128)).toEqual(seen.slice(69 * 128, 70 * 128));
    expect(segmenter.seen?.fitting).toEqual({ width: 128, height: 96, pictureWidth: 128, pictureHeight: 70 });
  });

  it('finds objects at the border, cut off there', async () => {
    const segmenter = new Segmenter(discGraphs([{ ...disc, x: 2, y: 70 }]).graphs, manifest, options);
    const [found] = await segmenter.segment(picture(128, 72));
    expect(found?.matte).toMatchObject({ x: 0 });
    expect((found?.matte.y ?? 0) + (found?.matte.height ?? 0)).toBe(72);
    expect(found?.box).toMatchObject({ x0: 0, y1: 72 });
  });

  it('finds nothing where there is nothing', async () => {
    const segmenter = new Segmenter(discGraphs([]).graphs, manifest, options);
    expect(await segmenter.segment(picture(100, 100))).toEqual([]);
  });

  it('looks for the classes that are asked for', async () => {
    const dog = { ...disc, classIndex: 16, x: 30, radius: 8 };
    const { graphs } = discGraphs([disc, dog, { ...disc, classIndex: 2, x: 100, radius: 9 }]);
    const classes = async (wanted: SegmenterOptions['classes']): Promise<number[]> => {
      const found = await new Segmenter(graphs, manifest, { ...options, classes: wanted }).segment(
        picture(128, 72),
      );
      return found.map(({ classIndex }) => classIndex);
    };
    expect(await classes('all')).toEqual([0, 16]);
    expect(await classes(['dog'])).toEqual([16]);
    await expect(classes(['car'])).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('it knows: person, dog') as string,
    });
  });

  it('stops at outlines and logits that are no numbers', async () => {
    const { graphs } = discGraphs([disc]);
    const broken = (change: object): Segmenter =>
      new Segmenter({ ...graphs, ...change } as unknown as SnakeGraphs, manifest, options);
    const wrong = { code: 'bad-result' };
    const contours = async (first: Float32Array): Promise<Float32Array> => first.fill(NaN, 7, 8);
    await expect(broken({ contours }).segment(picture(128, 72))).rejects.toMatchObject(wrong);
    const inside = async (_: Float32Array, __: Float32Array, logits: Float32Array): Promise<void> => {
      logits.fill(Infinity);
    };
    await expect(broken({ inside }).segment(picture(128, 72))).rejects.toMatchObject(wrong);
  });

  it('keeps the hundred surest of very many, and says so once', async () => {
    const many = Array.from({ length: 180 }, (_, index) => ({
      ...disc,
      score: 0.4 + index / 1000,
      x: 4 * (2 * (index % 15) + 1),
      y: 4 * (2 * Math.floor(index / 15) + 1),
      radius: 3,
    }));
    const notes: string[] = [];
    const segmenter = new Segmenter(discGraphs(many).graphs, manifest, {
      ...options,
      note: (text) => notes.push(text),
    });
    expect(await segmenter.segment(picture(128, 128))).toHaveLength(100);
    expect(await segmenter.segment(picture(128, 128))).toHaveLength(100);
    expect(notes).toEqual([expect.stringContaining('more than 100 objects')]);
  });
});
