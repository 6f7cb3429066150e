import { describe, expect, it } from 'vitest';
import { random } from '../../../../../tests/support/random';
import { glimpseOf, stillness } from './glimpse';

const fitting = { width: 64, height: 32, pictureWidth: 60, pictureHeight: 32 };

/** A picture of grey stripes, moved by some pixels, with noise. */
function picture(moved: number, noise: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: 3 * 64 * 32 }, (_, at) => {
    const x = at % 64;
    return 0.4 + (x > 30 ? 0.1 * Math.sin((x - moved) / 2) : 0) + noise * (next() + next() - 1);
  });
}

describe('a glimpse', () => {
  it('is half as large, without what lies beyond the picture', () => {
    const data = new Float32Array(3 * 64 * 32).fill(0.2);
    const { width, height, luma } = glimpseOf(data, fitting);
    expect([width, height, luma.length]).toEqual([30, 16, 480]);
    expect(luma.every((value) => value === 51)).toBe(true);
  });

  it('is still under a sensor’s noise, and not where something moves', () => {
    // Of standard deviation 3 in 255.
    const noise = (3 / 255) * Math.sqrt(6);
    const still = stillness(
      glimpseOf(picture(0, noise, 1), fitting),
      glimpseOf(picture(1, noise, 2), fitting),
    );
    const mean = (from: number, to: number): number => {
      const part = still.filter((_, at) => at % 30 >= from && at % 30 < to);
      return part.reduce((sum, value) => sum + value, 0) / part.length;
    };
    expect(mean(0, 14)).toBeGreaterThan(250);
    expect(mean(17, 30)).toBeLessThan(120);
    const same = glimpseOf(picture(0, noise, 1), fitting);
    expect(stillness(same, same).every((value) => value === 255)).toBe(true);
  });
});
