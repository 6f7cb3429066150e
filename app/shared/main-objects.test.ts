import { describe, expect, it } from 'vitest';
import { MainObjects, type SizedObject } from './main-objects';

const object = (track: number, height: number, width = height / 3): SizedObject => ({ track, height, width });
const frames = (main: MainObjects, ...of: readonly (readonly SizedObject[])[]): number[][] =>
  of.map((objects) => [...main.next(objects)]);

describe('the objects that a shot is about', () => {
  it('are the largest and those at least half as large, by the longer side', () => {
    const crowd = [object(1, 20), object(2, 100), object(3, 50), object(4, 49), object(5, 10, 60)];
    expect(frames(new MainObjects(), crowd)).toEqual([[2, 3, 5]]);
    expect(frames(new MainObjects(), [], [object(7, 3)])).toEqual([[], [7]]);
  });

  it('do not come and go with their size', () => {
    const main = new MainObjects();
    const at = (height: number): SizedObject[] => [object(1, 100), object(2, height)];
    expect(frames(main, at(49), at(51), at(40), at(34), at(33), at(40), at(50))).toEqual([
      [1],
      [1, 2],
      [1, 2],
      [1, 2],
      [1],
      [1],
      [1, 2],
    ]);
  });

  it('go far away and stay main, and are remembered while something hides them', () => {
    const main = new MainObjects();
    const others = [object(2, 30)];
    expect(frames(main, [object(1, 100), ...others], [object(1, 60), ...others])).toEqual([[1], [1]]);
    expect(frames(main, others, [object(1, 25), ...others])).toEqual([[], [1]]);
  });

  it('give way to one that comes and is three times as large', () => {
    expect(frames(new MainObjects(), [object(1, 30)], [object(1, 30), object(2, 95)])).toEqual([[1], [2]]);
  });

  it('are found anew where nothing goes on', () => {
    expect(frames(new MainObjects(), [object(1, 100)], [object(2, 20)])).toEqual([[1], [2]]);
  });

  it('are the same for a run that goes on from what was known', () => {
    const main = new MainObjects();
    frames(main, [object(1, 100), object(2, 55)], [object(1, 100), object(2, 40)]);
    const other = new MainObjects();
    other.restore(structuredClone(main.save()));
    expect(frames(other, [object(1, 100), object(2, 40)])).toEqual([[1, 2]]);
    expect(frames(new MainObjects(), [object(1, 100), object(2, 40)])).toEqual([[1]]);
  });
});
