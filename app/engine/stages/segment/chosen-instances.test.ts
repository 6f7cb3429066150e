import { describe, expect, it } from 'vitest';
import { boxAt, simplifiedPath, type ObjectPath, type PathMoment } from '../../../shared';
import { choiceIdentity, chosenInstances } from './chosen-instances';
import type { Box, Instance } from './instances';

const SHOWN = { width: 200, height: 100, seconds: 1 };
const box = (x0: number, y0 = 0): Box => ({ x0, y0, x1: x0 + 40, y1: y0 + 40 });
const instance = (track: number, where: Box): Instance => ({
  ...{ track, box: where, classIndex: 0, score: 1, confidence: 1, outlier: false, contours: [] },
  matte: { x: 0, y: 0, width: 0, height: 0, data: new Uint8Array() },
});
const moment = (time: number, { x0, y0, x1, y1 }: Box): PathMoment => ({
  ...{ time, x0: x0 / 200, x1: x1 / 200, y0: y0 / 100, y1: y1 / 100 },
});
const path = (chosen: boolean, ...moments: readonly PathMoment[]): ObjectPath => ({ chosen, moments });
const tracks = (instances: readonly Instance[]): number[] => instances.map(({ track }) => track);

describe('the instances that are wanted', () => {
  const three = [instance(1, box(0)), instance(2, box(60)), instance(3, box(120, 30))];

  it('are all, or those with the wanted numbers', () => {
    expect(chosenInstances({}, three, SHOWN)).toBe(three);
    expect(tracks(chosenInstances({ instances: [3, 1, 9] }, three, SHOWN))).toEqual([1, 3]);
  });

  it('are those where the chosen objects are, whatever their numbers', () => {
    const objects = [
      path(true, moment(0, box(100)), moment(2, box(20))),
      path(false, moment(0, box(0)), moment(2, box(0))),
    ];
    // Half way the first is at 60; what no path tells of is left out.
    expect(tracks(chosenInstances({ objects }, three, SHOWN))).toEqual([2]);
    expect(tracks(chosenInstances({ objects }, three, { ...SHOWN, seconds: 3 }))).toEqual([]);
    expect(tracks(chosenInstances({ objects }, [instance(7, box(70))], SHOWN))).toEqual([7]);
    expect(tracks(chosenInstances({ objects }, [instance(7, box(95))], SHOWN))).toEqual([]);
  });

  it('are not those of another object that stands in the way', () => {
    const objects = [path(true, moment(1, box(60))), path(false, moment(1, box(70)))];
    expect(tracks(chosenInstances({ objects }, [instance(4, box(70)), instance(5, box(61))], SHOWN))).toEqual(
      [5],
    );
    // Only the other one was found: it is its own path's.
    expect(tracks(chosenInstances({ objects }, [instance(4, box(70))], SHOWN))).toEqual([]);
  });

  it('are told apart by what a resumed run compares', () => {
    const objects = [path(true, moment(1, box(60)))];
    expect(choiceIdentity({})).toBe('all');
    expect(choiceIdentity({ instances: [1, 4] })).toBe('1,4');
    expect(choiceIdentity({ objects })).toMatch(/^[0-9a-f]{64}$/);
    expect(choiceIdentity({ objects: [path(false, moment(1, box(60)))] })).not.toBe(
      choiceIdentity({ objects }),
    );
  });
});

describe('the path of an object', () => {
  it('is nowhere before its first moment and after its last, up to the rounding of times', () => {
    const alone = path(true, moment(1, box(60)));
    expect(boxAt(alone, 1.01)).toMatchObject({ x0: 0.3 });
    expect([boxAt(alone, 0.9), boxAt(alone, 1.1)]).toEqual([null, null]);
  });

  it('is straight between moments', () => {
    const straight = path(true, moment(0, box(0)), moment(1, box(40)), moment(3, box(60)));
    const lefts = [0, 0.5, 1, 2, 3].map((time) => 200 * (boxAt(straight, time)?.x0 ?? -1));
    for (const [index, left] of [0, 20, 40, 50, 60].entries()) expect(lefts[index]).toBeCloseTo(left, 9);
  });

  it('keeps the moments that matter', () => {
    const moments = Array.from({ length: 101 }, (_, index) =>
      moment(index / 10, box(index < 50 ? index : 100 - index)),
    );
    const simple = simplifiedPath(path(true, ...moments), 0.002);
    expect(simple.chosen).toBe(true);
    expect(simple.moments.map(({ time }) => time)).toEqual([0, 5, 10]);
    for (const { time, x0 } of moments) expect(boxAt(simple, time)?.x0).toBeCloseTo(x0, 9);
    expect(simplifiedPath(path(true, moment(0, box(0))), 0.1).moments).toHaveLength(1);
  });
});
