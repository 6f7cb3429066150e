import { describe, expect, it } from 'vitest';
import { chooseGreedily } from './choose';
import { EMPTY, regionOf, type Region } from './region';
import { withSensorNoise } from './sensor-noise';
import { coveringTracks, flickerOf, identitySwitches, neighbourIous, statisticsOf } from './through-time';
import { bestTracks, tracksOf } from './track-score';

const square = (x: number, side = 10): Region =>
  regionOf({ x, y: 0, width: side, height: side, data: new Uint8Array(side * side).fill(255) });
const truth = (...regions: readonly Region[]): { width: number; height: number; region: Region }[] =>
  regions.map((region) => ({ width: 100, height: 50, region }));

describe('a measure over a sequence', () => {
  it('is told by mean, recall and decay', () => {
    expect(statisticsOf([1, 1, 1, 1, 1])).toEqual({ mean: 1, recall: 1, decay: 0 });
    const { mean, recall, decay } = statisticsOf([1, 1, 0.5, 0.5, 0, 0, 0, 0, 0]);
    expect(mean).toBeCloseTo(1 / 3, 12);
    // A half is not above a half.
    expect(recall).toBe(2 / 9);
    // Quarters of nine frames are 0–2, 2–4, 4–6 and 6–8.
    expect(decay).toBeCloseTo(2.5 / 3, 12);
  });
});

describe('flicker', () => {
  it('is nothing where masks change as the true ones do, however wrong they are', () => {
    const still = [square(0), square(0), square(0)];
    expect(flickerOf(still, [square(50), square(50), square(50)])).toBe(0);
    const moving = [square(0), square(5), square(10)];
    expect(neighbourIous(moving)).toEqual([50 / 150, 50 / 150]);
    expect(flickerOf(moving, [square(3), square(8), square(13)])).toBe(0);
  });

  it('is how much more or less they change', () => {
    const still = [square(0), square(0), square(0)];
    expect(flickerOf([square(0), EMPTY, square(0)], still)).toBe(1);
    expect(flickerOf([square(0), square(5), square(5)], still)).toBeCloseTo((1 - 1 / 3) / 2, 12);
    // A mask that stays behind when the object moves.
    expect(flickerOf(still, [square(0), square(5), square(10)])).toBeCloseTo(1 - 1 / 3, 12);
    expect(flickerOf([square(0)], [square(0)])).toBeNull();
  });
});

describe('the identity of an object', () => {
  const frames = (
    ...tracks: readonly (readonly [number, Region][])[]
  ): { track: number; region: Region }[][] =>
    tracks.map((found) => found.map(([track, region]) => ({ track, region })));

  it('is the track that covers it by at least a half', () => {
    const found = frames(
      [
        [1, square(0)],
        [2, square(2)],
      ],
      [
        [1, square(4)],
        [2, square(1)],
      ],
      [[1, square(9)]],
      [],
    );
    expect(coveringTracks(found, [square(0), square(0), square(0), square(0)])).toEqual([1, 2, null, null]);
    expect(coveringTracks(frames([[1, EMPTY]]), [EMPTY])).toEqual([null]);
  });

  it('switches where it comes back as another, not where it is lost for a while', () => {
    expect(identitySwitches([1, 1, null, 1])).toBe(0);
    expect(identitySwitches([null, 1, 1, 2, 2, null, 3, 1])).toBe(3);
    expect(identitySwitches([null, null])).toBe(0);
    expect(identitySwitches([])).toBe(0);
  });
});

describe('a greedy choice', () => {
  it('takes what helps most first and stops when nothing helps', () => {
    const wanted = new Set([1, 2, 3]);
    // Each wanted number counts for one, each other against.
    const score = (set: readonly number[]): number =>
      set.reduce((sum, one) => sum + (wanted.has(one) ? 1 : -1), 0);
    expect(chooseGreedily([5, 3, 1], score)).toEqual({ chosen: [3, 1], score: 2 });
    expect(chooseGreedily([5], score)).toEqual({ chosen: [5], score: -1 });
    expect(chooseGreedily([], score)).toEqual({ chosen: [], score: 0 });
  });

  it('puts the tracks together that cover an object best', () => {
    const object = regionOf({ x: 0, y: 0, width: 20, height: 10, data: new Uint8Array(200).fill(255) });
    const tracks = tracksOf([
      [
        { track: 7, region: square(10) },
        { track: 2, region: square(0) },
        { track: 4, region: square(40) },
      ],
      [{ track: 7, region: square(10) }],
    ]);
    expect(tracks.map(({ track, regions }) => [track, regions.map(({ area }) => area)])).toEqual([
      [2, [100, 0]],
      [4, [100, 0]],
      [7, [100, 100]],
    ]);
    expect(bestTracks(tracks, truth(object, object)).map(({ track }) => track)).toEqual([7, 2]);
  });
});

describe('sensor noise', () => {
  const grey = { width: 200, height: 100, data: new Uint8Array(60_000).fill(128) };

  it('has a deviation of three levels around the picture, every time another', () => {
    const { data } = withSensorNoise(grey, 1);
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
    expect(mean).toBeCloseTo(128, 1);
    // Rounding adds a twelfth.
    expect(Math.sqrt(variance - 1 / 12)).toBeCloseTo(3, 1);
    expect(withSensorNoise(grey, 1).data).toEqual(data);
    expect(withSensorNoise(grey, 2).data).not.toEqual(data);
  });

  it('stays within 8 bits', () => {
    const black = withSensorNoise({ ...grey, data: new Uint8Array(60_000) }, 1).data;
    expect(Math.max(...black.subarray(0, 30_000))).toBeLessThan(20);
    const white = withSensorNoise({ ...grey, data: new Uint8Array(60_000).fill(255) }, 1).data;
    expect(Math.min(...white.subarray(0, 30_000))).toBeGreaterThan(235);
  });
});
