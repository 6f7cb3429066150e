import { describe, expect, it } from 'vitest';
import { lumaOfRgb, psnr, ssim, type Image } from './metrics';

function image(width: number, height: number, value: (x: number, y: number) => number): Image {
  return {
    width,
    height,
    data: Float64Array.from({ length: width * height }, (_, index) =>
      value(index % width, Math.floor(index / width)),
    ),
  };
}

const waves = image(24, 20, (x, y) => 128 + 60 * Math.sin(x / 3) + 40 * Math.cos(y / 2));

describe('luma of RGB', () => {
  it('puts black at 16, white at 235 and the primaries at their weights', () => {
    const luma = lumaOfRgb([0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255], 5, 1);
    const expected = [16, 235, 81.481, 144.553, 40.966];
    expected.forEach((value, index) => {
      expect(luma[index]).toBeCloseTo(value, 9);
    });
  });
});

describe('PSNR', () => {
  it('is infinite for equal pictures', () => {
    expect(psnr(waves, waves, 2)).toBe(Infinity);
  });

  it('of an offset d is 20 log10(255 / d)', () => {
    const shifted = image(24, 20, (x, y) => waves.data[y * 24 + x]! + 5);
    expect(psnr(shifted, waves, 3)).toBeCloseTo(20 * Math.log10(51), 9);
  });

  it('does not look at the border', () => {
    const framed = image(24, 20, (x, y) =>
      x < 2 || y < 2 || x >= 22 || y >= 18 ? 0 : waves.data[y * 24 + x]! + 1,
    );
    expect(psnr(framed, waves, 2)).toBeCloseTo(20 * Math.log10(255), 9);
    expect(psnr(framed, waves, 1)).toBeLessThan(20);
  });

  it('refuses pictures of different sizes', () => {
    expect(() =>
      psnr(
        image(3, 3, () => 0),
        waves,
        0,
      ),
    ).toThrow('24×20');
  });
});

describe('SSIM', () => {
  it('is 1 for equal pictures', () => {
    expect(ssim(waves, waves, 2)).toBeCloseTo(1, 12);
  });

  it('of two flat pictures is the luminance term alone', () => {
    const c1 = 2.55 ** 2;
    const expected = (2 * 100 * 120 + c1) / (100 ** 2 + 120 ** 2 + c1);
    expect(
      ssim(
        image(15, 13, () => 100),
        image(15, 13, () => 120),
        1,
      ),
    ).toBeCloseTo(expected, 12);
  });

  it('of one window is the formula with Gaussian moments', () => {
    const a = image(11, 11, (x, y) => x * 10 + y);
    const b = image(11, 11, (x, y) => x * 8 + 3 * y + 7);
    const weights = Array.from({ length: 121 }, (_, index) =>
      Math.exp(-((((index % 11) - 5) ** 2 + (Math.floor(index / 11) - 5) ** 2) / 4.5)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const mean = (value: (index: number) => number): number =>
      weights.reduce((sum, weight, index) => sum + (weight / total) * value(index), 0);
    const [muA, muB] = [mean((i) => a.data[i]!), mean((i) => b.data[i]!)];
    const varA = mean((i) => (a.data[i]! - muA) ** 2);
    const varB = mean((i) => (b.data[i]! - muB) ** 2);
    const both = mean((i) => (a.data[i]! - muA) * (b.data[i]! - muB));
    const [c1, c2] = [2.55 ** 2, 7.65 ** 2];
    const expected =
      ((2 * muA * muB + c1) * (2 * both + c2)) / ((muA ** 2 + muB ** 2 + c1) * (varA + varB + c2));
    expect(ssim(a, b, 0)).toBeCloseTo(expected, 10);
  });

  it('refuses pictures smaller than its window', () => {
    expect(() =>
      ssim(
        image(12, 12, () => 1),
        image(12, 12, () => 1),
        1,
      ),
    ).toThrow('at least 11');
  });
});
