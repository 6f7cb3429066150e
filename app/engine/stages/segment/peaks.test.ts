import { describe, expect, it } from 'vitest';
import { findBoxes, overlap, type DetectorMaps } from './peaks';

const WIDTH = 8;
const HEIGHT = 6;
const CLASSES = 3;

/** Maps of nothing, with boxes of 8 pixels everywhere. */
function maps(peaks: readonly [classIndex: number, x: number, y: number, score: number][]): DetectorMaps {
  const heatmap = new Float32Array(CLASSES * WIDTH * HEIGHT);
  for (const [classIndex, x, y, score] of peaks) heatmap[(classIndex * HEIGHT + y) * WIDTH + x] = score;
  return { heatmap, box: new Float32Array(8 * WIDTH * HEIGHT).fill(4), width: WIDTH, height: HEIGHT };
}

const limits = { classes: [0, 1, 2], minScore: 0.25, most: 100 };

describe('findBoxes', () => {
  it('takes cells that no neighbour of their class surpasses, the surest first', () => {
    const { boxes, dropped } = findBoxes(
      maps([
        [0, 2, 2, 0.5],
        [0, 3, 3, 0.4],
        [0, 5, 2, 0.75],
        [1, 3, 3, 0.375],
        [2, 0, 0, 0.125],
      ]),
      limits,
    );
    expect(boxes).toEqual([
      { classIndex: 0, score: 0.75, box: { x0: 18, y0: 6, x1: 26, y1: 14 } },
      { classIndex: 0, score: 0.5, box: { x0: 6, y0: 6, x1: 14, y1: 14 } },
      { classIndex: 1, score: 0.375, box: { x0: 10, y0: 10, x1: 18, y1: 18 } },
    ]);
    expect(dropped).toBe(0);
  });

  it('keeps boxes inside the picture, and leaves out those without an area', () => {
    const found = maps([
      [0, 0, 0, 0.5],
      [0, 7, 5, 0.5],
      [0, 4, 2, 0.5],
    ]);
    found.box[2 * WIDTH + 4] = -3.5; // how far the box of (4, 2) reaches to the left
    const { boxes } = findBoxes(found, limits);
    expect(boxes.map(({ box }) => box)).toEqual([
      { x0: 0, y0: 0, x1: 6, y1: 6 },
      { x0: 26, y0: 18, x1: 32, y1: 24 },
    ]);
  });

  it('takes boxes of one class that cover the same as one object, of two classes as two', () => {
    const found = maps([
      [0, 3, 2, 0.5],
      [0, 3, 4, 0.375],
      [1, 3, 4, 0.375],
    ]);
    found.box.fill(16);
    const { boxes } = findBoxes(found, limits);
    expect(boxes.map(({ classIndex, score }) => [classIndex, score])).toEqual([
      [0, 0.5],
      [1, 0.375],
    ]);
  });

  it('gives a person and what it holds before its middle a box each', () => {
    const found = maps([
      [0, 4, 3, 0.5],
      [2, 4, 3, 0.375],
    ]);
    found.box.fill(10, 0, 4 * WIDTH * HEIGHT);
    expect(findBoxes(found, limits).boxes).toEqual([
      { classIndex: 0, score: 0.5, box: { x0: 8, y0: 4, x1: 28, y1: 24 } },
      { classIndex: 2, score: 0.375, box: { x0: 14, y0: 10, x1: 22, y1: 18 } },
    ]);
  });

  it('takes a place for one object where that is wanted', () => {
    const found = maps([
      [0, 3, 2, 0.5],
      [1, 3, 2, 0.75],
      [2, 5, 4, 0.375],
    ]);
    found.box.fill(6);
    expect(findBoxes(found, limits).boxes.map(({ classIndex }) => classIndex)).toEqual([1, 0, 2]);
    const { boxes } = findBoxes(found, { ...limits, exclusive: true });
    expect(boxes.map(({ classIndex }) => classIndex)).toEqual([1, 2]);
  });

  it('looks at the classes that are asked for alone, and counts what is beyond the most', () => {
    const found = maps([
      [0, 1, 1, 0.5],
      [0, 4, 1, 0.75],
      [0, 6, 4, 0.625],
      [1, 1, 4, 0.9],
    ]);
    const { boxes, dropped } = findBoxes(found, { classes: [0], minScore: 0.25, most: 2 });
    expect(boxes.map(({ score }) => score)).toEqual([0.75, 0.625]);
    expect(dropped).toBe(1);
    expect(findBoxes(found, { ...limits, minScore: 0.95 })).toEqual({ boxes: [], dropped: 0 });
  });

  it('takes half the score where an object is expected', () => {
    const found = maps([
      [0, 2, 2, 0.2],
      [0, 6, 4, 0.2],
      [1, 2, 2, 0.2],
      [0, 2, 5, 0.1],
    ]);
    const expected = [{ box: { x0: 7, y0: 6, x1: 15, y1: 14 } }, { box: { x0: 6, y0: 18, x1: 14, y1: 24 } }];
    const { boxes } = findBoxes(found, { ...limits, expected });
    expect(boxes.map(({ classIndex, box }) => [classIndex, box.x0, box.y0])).toEqual([
      [0, 6, 6],
      [1, 6, 6],
    ]);
  });

  it('stops at what is no number', () => {
    const found = maps([[0, 1, 1, NaN]]);
    expect(() => findBoxes(found, limits)).toThrow(expect.objectContaining({ code: 'bad-result' }));
  });
});

describe('overlap', () => {
  it('is the share of both that both cover', () => {
    const box = { x0: 0, y0: 0, x1: 4, y1: 4 };
    expect(overlap(box, box)).toBe(1);
    expect(overlap(box, { x0: 2, y0: 0, x1: 6, y1: 4 })).toBeCloseTo(1 / 3, 12);
    expect(overlap(box, { x0: 4, y0: 0, x1: 6, y1: 4 })).toBe(0);
  });
});
