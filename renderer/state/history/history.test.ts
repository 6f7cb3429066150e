import { beforeEach, describe, expect, it } from 'vitest';
import { differences, History, putBack, takeDown, type Edit } from '.';

describe('the history', () => {
  let now: number;
  let history: History;
  let value: number;
  beforeEach(() => {
    now = 0;
    value = 0;
    history = new History(() => now);
  });
  const set = (to: number, what: string | null = 'value', more: Partial<Edit> = {}): void => {
    const from = value;
    value = to;
    history.record({
      ...{ name: 'settings', what },
      undo: () => void (value = from),
      redo: () => void (value = to),
      ...more,
    });
  };
  const back = async (): Promise<number> => {
    await history.undo();
    return value;
  };
  const again = async (): Promise<number> => {
    await history.redo();
    return value;
  };

  it('goes back step by step, and forward again until something else is changed', async () => {
    set(1, 'a');
    set(2, 'b');
    expect([await back(), await back(), await back(), await again()]).toEqual([1, 0, 0, 1]);
    expect(history.next?.what).toBe('b');
    set(5, 'c');
    expect([history.next, await again(), await back(), await back()]).toEqual([null, 5, 1, 0]);
    expect(history.last).toBe(null);
  });

  it('takes moves of the same slider one after the other as one', async () => {
    for (const to of [1, 2, 3]) {
      now += 900;
      set(to);
    }
    expect([await back(), await again()]).toEqual([0, 3]);
    now += 100;
    // It has been taken back in between.
    set(4);
    now += 1001;
    set(5);
    set(6, 'other');
    expect([await back(), await back(), await back(), await back()]).toEqual([5, 4, 3, 0]);
  });

  it('never makes one of changes that stand for themselves', async () => {
    set(1, null);
    set(2, null);
    expect(await back()).toBe(1);
  });

  it('is bounded', async () => {
    for (let to = 1; to <= 1000; to += 1) set(to, null);
    let count = 0;
    while (await history.undo()) count += 1;
    expect([count, value]).toEqual([200, 800]);
  });

  it('forgets what was about one file alone when another is open', async () => {
    set(1, 'a');
    set(2, 'b', { ofFile: true });
    history.leaveFile();
    expect(await back()).toBe(0);
  });

  it('takes steps one after the other, however fast they are asked for', async () => {
    const order: string[] = [];
    for (const name of ['a', 'b']) {
      const wait = (): Promise<void> =>
        new Promise((resolve) => setTimeout(resolve, name === 'b' ? 20 : 0)).then(
          () => void order.push(name),
        );
      history.record({ name: 'order', what: null, undo: wait, redo: wait });
    }
    await Promise.all([history.undo(), history.undo()]);
    expect(order).toEqual(['b', 'a']);
  });

  it('goes on after a step that could not be taken back', async () => {
    set(1, 'a');
    history.record({
      ...{ name: 'jobs', what: null },
      undo: () => Promise.reject(new Error('gone')),
      redo: () => undefined,
    });
    await expect(history.undo()).rejects.toThrow('gone');
    expect(await back()).toBe(0);
  });
});

describe('a memento', () => {
  it('puts back the fields that are named, and tells which are not the same', () => {
    const one = { fields: ['a', 'list'], a: 1, list: ['x'], other: 1 };
    const two = { fields: ['b'], b: null as number | null };
    const before = takeDown({ one, two });
    one.a = 2;
    one.other = 2;
    one.list = ['x'];
    two.b = 3;
    const after = takeDown({ one, two });
    expect(differences(before, after)).toEqual(['one.a', 'two.b']);
    putBack({ one, two }, before);
    expect([one.a, one.other, two.b]).toEqual([1, 2, null]);
  });
});
