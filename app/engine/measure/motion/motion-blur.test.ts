import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../read-image';
import type { Blur } from './clip-index';
import { withMotionBlur } from './motion-blur';

/** Frames of one pixel each. */
async function* frames(...values: readonly number[]): AsyncGenerator<RgbImage> {
  for (const value of values) yield { width: 1, height: 1, data: Uint8Array.of(value, 255 - value, 7) };
}

/** [blurred, sharp, ...between] of each, by the first component. */
async function blurred(values: readonly number[], blur: Blur, factor = 2): Promise<(number | undefined)[][]> {
  const found = [];
  for await (const frame of withMotionBlur(frames(...values), blur, factor))
    found.push([frame.blurred.data[0], frame.sharp.data[0], ...frame.between.map(({ data }) => data[0])]);
  return found;
}

describe('motion blur', () => {
  it('is the rounded mean of a window, with the frames in the middle of it and between two', async () => {
    const values = [0, 1, 4, 9, 16, 25, 36, 49, 64];
    expect(await blurred(values, { window: 3, step: 4 })).toEqual([
      [2, 1],
      [26, 25, 9],
    ]);
  });

  it('overlaps where the window is longer than the step', async () => {
    const values = Array.from({ length: 14 }, (_, index) => 10 * index);
    expect(await blurred(values, { window: 7, step: 4 })).toEqual([
      [30, 30],
      [70, 70, 50],
    ]);
    expect(await blurred([...values, 140], { window: 7, step: 4 })).toHaveLength(3);
  });

  it('gives the frames at every place between two, evenly apart', async () => {
    const values = Array.from({ length: 12 }, (_, index) => index);
    expect(await blurred(values, { window: 3, step: 8 }, 4)).toEqual([
      [1, 1],
      [9, 9, 3, 5, 7],
    ]);
    expect(await blurred(values, { window: 1, step: 4 }, 4)).toEqual([
      [0, 0],
      [4, 4, 1, 2, 3],
      [8, 8, 5, 6, 7],
    ]);
  });

  it('rounds each component by itself', async () => {
    const found = [];
    for await (const frame of withMotionBlur(frames(0, 1, 1), { window: 3, step: 2 }, 2))
      found.push([...frame.blurred.data]);
    expect(found).toEqual([[1, 254, 7]]);
  });

  it('of windows of one frame leaves every second frame, or all', async () => {
    expect(await blurred([1, 2, 3, 4, 5, 6], { window: 1, step: 2 })).toEqual([
      [1, 1],
      [3, 3, 2],
      [5, 5, 4],
    ]);
    expect(await blurred([1, 2, 3], { window: 1, step: 1 })).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('of fewer frames than a window is nothing', async () => {
    expect(await blurred([1, 2], { window: 3, step: 2 })).toEqual([]);
  });
});
