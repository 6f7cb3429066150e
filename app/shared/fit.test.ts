import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorFor, fitSchema, fittedSize, formatFit, parseFit, type StoredPicture } from '.';

const SQUARE = { num: 1, den: 1 };
const picture = (width: number, height: number, more: Partial<StoredPicture> = {}): StoredPicture => ({
  width,
  height,
  sampleAspectRatio: SQUARE,
  rotation: 0,
  ...more,
});

describe('bounds', () => {
  it.each([
    ['1920x1080', { width: 1920, height: 1080 }],
    [' 1920 X 1080 ', { width: 1920, height: 1080 }],
    ['1920×1080', { width: 1920, height: 1080 }],
    ['x1080', { height: 1080 }],
    ['1920x', { width: 1920 }],
    ['x', null],
    ['1080', null],
    ['1920x1080x3', null],
    ['-5x9', null],
    ['', null],
  ])('are read from %j as %j', (text, expected) => {
    expect(parseFit(text)).toEqual(expected);
    if (expected) expect(parseFit(formatFit(expected))).toEqual(expected);
  });

  it('are refused where no picture could have them', () => {
    for (const bad of [{}, { width: 8 }, { height: 20_000 }, { width: 100.5 }])
      expect(fitSchema.safeParse(bad).success).toBe(false);
  });
});

describe('a picture fitted to bounds', () => {
  it.each([
    ['16:9 into 1080p', picture(640, 360), { width: 1920, height: 1080 }, [1920, 1080], 3],
    ['4:3 into 1080p', picture(640, 480), { width: 1920, height: 1080 }, [1440, 1080], 2.25],
    ['wide into 1080p', picture(1280, 536), { width: 1920, height: 1080 }, [1920, 804], 1.5],
    ['a height alone', picture(640, 360), { height: 720 }, [1280, 720], 2],
    ['a width alone', picture(640, 360), { width: 1000 }, [1000, 562], 1.5625],
    ['smaller', picture(3840, 2160), { width: 1920, height: 1080 }, [1920, 1080], 0.5],
    [
      'PAL, 16:9',
      picture(720, 576, { sampleAspectRatio: { num: 64, den: 45 } }),
      { height: 1080 },
      [1920, 1080],
      2.6667,
    ],
    [
      'NTSC, 4:3',
      picture(720, 480, { sampleAspectRatio: { num: 8, den: 9 } }),
      { width: 1920, height: 1080 },
      [1440, 1080],
      2.25,
    ],
    [
      'a phone held upright',
      picture(640, 360, { rotation: 90 }),
      { width: 1920, height: 1080 },
      [1080, 608],
      1.6875,
    ],
  ])('%s keeps its shape, in square pixels', (_, source, fit, [width, height], factor) => {
    const size = fittedSize(source, fit, 2);
    expect([size.width, size.height]).toEqual([width, height]);
    expect(Math.max(size.factorX, size.factorY)).toBeCloseTo(factor, 3);
  });

  it('is as large as fits, even where asked, and never empty', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    const bound = fc.integer({ min: 16, max: 16_384 });
    const unit = fc.constantFrom(1 as const, 2 as const);
    fc.assert(
      fc.property(side, side, bound, bound, unit, (width, height, wide, high, step) => {
        const size = fittedSize(picture(width, height), { width: wide, height: high }, step);
        expect(size.width).toBeGreaterThanOrEqual(step);
        expect(size.height).toBeGreaterThanOrEqual(step);
        expect([size.width % step, size.height % step]).toEqual([0, 0]);
        expect(size.width).toBeLessThanOrEqual(wide);
        expect(size.height).toBeLessThanOrEqual(high);
        expect(Math.max(size.width / wide, size.height / high)).toBeGreaterThan(1 - (step + 0.5) / 16);
      }),
    );
  });
});

describe('the factor for a size', () => {
  const factor = (width: number, height: number, fit: { width: number; height: number }): number | null =>
    factorFor(fittedSize(picture(width, height), fit, 2), [4, 2, 3]);

  it('is the smallest that reaches it, or the largest there is', () => {
    const full = { width: 1920, height: 1080 };
    expect(factor(960, 540, full)).toBe(2);
    expect(factor(952, 536, full)).toBe(2);
    expect(factor(640, 360, full)).toBe(3);
    expect(factor(480, 270, full)).toBe(4);
    expect(factor(160, 90, full)).toBe(4);
    expect(factor(1280, 720, full)).toBe(2);
    expect(factorFor(fittedSize(picture(160, 90), full, 2), [2])).toBe(2);
  });

  it('is none where nothing has to grow', () => {
    expect(factor(1920, 1080, { width: 1920, height: 1080 })).toBeNull();
    expect(factor(3840, 2160, { width: 1920, height: 1080 })).toBeNull();
  });
});
