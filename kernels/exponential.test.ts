import { describe, expect, it } from 'vitest';
import { exponential } from './exponential';

describe('exponential', () => {
  it('agrees with double precision to two units in the last place, from end to end', () => {
    for (let step = 0; step <= 20_000; step++) {
      const x = Math.fround(-87 + (step * 175) / 20_000);
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(2 ** -22);
    }
  });

  it('stays what it is beyond its ends, and is small for what is no number', () => {
    expect(exponential(0)).toBe(1);
    expect(exponential(-1e30)).toBe(exponential(-87));
    expect(exponential(1e30)).toBe(exponential(88));
    expect(exponential(NaN)).toBe(exponential(-87));
  });
});
