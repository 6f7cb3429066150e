import { describe, expect, it } from 'vitest';
import { warpsMatch } from './matching';

/** [3, 60, 80], each channel by `value`. */
function picture(value: (x: number, y: number) => number): Float32Array {
  return Float32Array.from({ length: 3 * 60 * 80 }, (_, at) => value(at % 80, Math.floor(at / 80) % 60));
}

const stripes = (shift: number): Float32Array => picture((x) => ((x + shift) % 8 < 4 ? 0.2 : 0.8));

describe('two frames warped to the same time', () => {
  it('match where they differ by little, whatever their colours', () => {
    const grey = picture(() => 0.49);
    expect(warpsMatch(grey, grey)).toBe(true);
    // Another bin, but hardly another grey.
    expect(
      warpsMatch(
        grey,
        picture(() => 0.51),
      ),
    ).toBe(true);
  });

  it('match where they differ by much but have the same colours, as very fast motion does', () => {
    expect(warpsMatch(stripes(0), stripes(4))).toBe(true);
  });

  it('do not where both are others, in one component alone too', () => {
    expect(
      warpsMatch(
        stripes(0),
        picture((x) => x / 80),
      ),
    ).toBe(false);
    const redder = stripes(0).map((value, at) => (at < 60 * 80 ? value / 2 : value));
    expect(warpsMatch(stripes(0), redder)).toBe(false);
  });
});
