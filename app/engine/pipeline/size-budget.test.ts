import { describe, expect, it } from 'vitest';
import { SizeBudget } from './size-budget';

/** A hundred seconds in ten segments; a megabyte, 2 % of it spare, 48 kbit/s of it sound: 30,400 bit/s are left. */
const plan = {
  bytes: 1_000_000,
  seconds: 100,
  soundRate: 48_000,
  segmentSeconds: 10,
  timeBase: { num: 1, den: 25 },
};

const segment = (index: number, bytes: number, role = 'video') => ({
  files: [{ role, name: `${index}.nut`, bytes }],
  firstPts: index * 250,
  endPts: (index + 1) * 250,
});

describe('a file’s size', () => {
  it('is shared out evenly where every segment takes what it is allowed', () => {
    const budget = new SizeBudget(plan);
    const closed = Array.from({ length: 8 }, (_, index) => segment(index, 38_000));
    for (let index = 0; index < 10; index++)
      expect(budget.rateOf(index, closed.slice(0, Math.max(0, index - 1)))).toBeCloseTo(30_400);
  });

  it('leaves less to those after a segment that took more, from the second after it on', () => {
    const budget = new SizeBudget(plan);
    expect(budget.rateOf(1, [])).toBeCloseTo(30_400);
    // 380,000 − 76,000 − 38,000 bytes are left for 80 seconds.
    expect(budget.rateOf(2, [segment(0, 76_000)])).toBeCloseTo(26_600);
    expect(budget.rateOf(2, [segment(0, 76_000, 'state')])).toBeCloseTo((8 * 342_000) / 80);
  });

  it('ends within a hundredth of it where encoders miss their rate by a tenth', () => {
    const budget = new SizeBudget(plan);
    const made: ReturnType<typeof segment>[] = [];
    for (let index = 0; index < 10; index++) {
      const rate = budget.rateOf(index, made.slice(0, Math.max(0, index - 1)));
      made.push(segment(index, (rate * 10 * 1.1) / 8));
    }
    const bytes = made.reduce((sum, { files }) => sum + (files[0]?.bytes ?? 0), 0);
    // The last two can't be made up for.
    expect(bytes / 380_000).toBeGreaterThan(1);
    expect(bytes / 380_000).toBeLessThan(1.03);
  });

  it('never starves nor floods a segment', () => {
    const budget = new SizeBudget(plan);
    expect(
      budget.rateOf(
        9,
        Array.from({ length: 8 }, (_, index) => segment(index, 100_000)),
      ),
    ).toBeCloseTo(30_400 / 3);
    expect(
      budget.rateOf(
        9,
        Array.from({ length: 8 }, (_, index) => segment(index, 100)),
      ),
    ).toBeCloseTo(30_400 * 3);
  });

  it('is refused where the sound alone takes it, with the least that does', () => {
    expect(() => new SizeBudget({ ...plan, bytes: 600_000 })).toThrow(
      '600.0 kB is too little for 1 min 40 s: ask for 776.8 kB or more.',
    );
    expect(() => new SizeBudget({ ...plan, bytes: 776_800 })).not.toThrow();
  });
});
