import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueueItem } from '../../shared';
import { RemovedJobs } from './removed-jobs';

const item = (id: string): QueueItem => ({ id }) as QueueItem;
const ids = (items: readonly QueueItem[]): string[] => items.map(({ id }) => id);
const without = (items: readonly QueueItem[], taken: readonly string[]): readonly QueueItem[] =>
  items.filter(({ id }) => !taken.includes(id));

describe('jobs that were taken out', () => {
  it('come back where they stood, in whatever portions they were taken out and come back in turn', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }), { maxLength: 4 }),
        (portions) => {
          const removed = new RemovedJobs();
          const states = [Array.from({ length: 10 }, (_, index) => item(String(index)))] as QueueItem[][];
          const taken: string[][] = [];
          for (const numbers of portions) {
            const before = states.at(-1)!;
            const portion = ids(before).filter((id) => numbers.includes(Number(id)));
            taken.push(portion);
            removed.keep(before, new Set(portion));
            states.push([...without(before, portion)]);
          }
          let list: readonly QueueItem[] = states.at(-1)!;
          for (const [at, portion] of [...taken.entries()].reverse()) {
            list = removed.putBack(list, portion);
            removed.forget(portion);
            expect(ids(list)).toEqual(ids(states[at]!));
          }
        },
      ),
    );
  });

  it('come last where what they stood in front of is gone', () => {
    const removed = new RemovedJobs();
    const list = ['a', 'b', 'c'].map(item);
    removed.keep(list, new Set(['a']));
    expect(ids(removed.putBack(without(list, ['a', 'b']), ['a', 'x']))).toEqual(['c', 'a']);
    expect(ids(removed.find(['x', 'a']))).toEqual(['a']);
  });

  it('are forgotten where there are too many, the first ones first', () => {
    const removed = new RemovedJobs(2);
    expect(removed.keep(['a', 'b'].map(item), new Set(['a', 'b']))).toEqual([]);
    expect(removed.keep(['c'].map(item), new Set(['c']))).toEqual(['a']);
    expect(removed.ids).toEqual(['b', 'c']);
  });
});
