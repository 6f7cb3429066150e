import { describe, expect, it } from 'vitest';
import { simplified } from './simplify';

describe('simplified', () => {
  it('keeps corners and drops what lies between them on a straight line', () => {
    const square = [0, 0, 0, 1, 0, 2, 0, 4, 1, 4, 4, 4, 4, 3, 4, 0, 2, 0];
    expect(simplified(square, 0.1)).toEqual([0, 0, 0, 4, 4, 4, 4, 0]);
  });

  it('stays within the tolerance of a circle', () => {
    const circle = Array.from({ length: 720 }, (_, index) => {
      const angle = (index * Math.PI) / 360;
      return [100 * Math.cos(angle), 100 * Math.sin(angle)];
    }).flat();
    const few = simplified(circle, 0.4);
    expect(few.length / 2).toBeGreaterThan(20);
    expect(few.length / 2).toBeLessThanOrEqual(64);
    for (let at = 0; at < few.length; at += 2) {
      const next = (at + 2) % few.length;
      const middle = Math.hypot(
        ((few[at] ?? 0) + (few[next] ?? 0)) / 2,
        ((few[at + 1] ?? 0) + (few[next + 1] ?? 0)) / 2,
      );
      expect(100 - middle).toBeLessThanOrEqual(0.401);
    }
  });

  it('never gives less than a triangle, even where all lies within the tolerance', () => {
    expect(simplified([0, 0, 0.1, 0, 0.1, 0.1, 0, 0.1], 5).length).toBe(6);
    expect(simplified([1, 2, 3, 4, 5, 6], 9)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
