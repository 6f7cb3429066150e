import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../read-image';
import { flicker, lumaSsim, movingArea, psnrOf, squaredError } from './frame-scores';
import { MOST_PSNR, meanScore, ScoreSheet } from './score-sheet';

type Colour = readonly [number, number, number];

function image(width: number, height: number, colour: (x: number, y: number) => Colour): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(colour(x, y), 3 * (y * width + x));
  return { width, height, data };
}

const grey = (value: number): RgbImage => image(16, 12, () => [value, value, value]);
const waves = (phase: number): RgbImage =>
  image(16, 12, (x, y) => [100 + 4 * x + phase, 80 + 5 * y, 40 + x * y]);

describe('PSNR over RGB', () => {
  it('is infinite for equal frames, and 20 log10(255 / d) for an offset of d', () => {
    expect(psnrOf(squaredError(waves(0), waves(0)))).toBe(Infinity);
    expect(psnrOf(squaredError(grey(105), grey(100)))).toBeCloseTo(20 * Math.log10(51), 9);
  });

  it('takes the components together: one that is off by d counts a third of d²', () => {
    const red = image(16, 12, () => [106, 100, 100]);
    expect(psnrOf(squaredError(red, grey(100)))).toBeCloseTo(10 * Math.log10(255 ** 2 / 12), 9);
  });

  it('does not round what is no whole number', () => {
    const data = Float32Array.from({ length: 16 * 12 * 3 }, () => 100.5);
    expect(squaredError({ width: 16, height: 12, data }, grey(100)).sum).toBeCloseTo(0.25 * 576, 6);
  });

  it('under a mask looks at nothing else', () => {
    const half = image(16, 12, (x) => (x < 8 ? [100, 100, 100] : [110, 110, 110]));
    const right = Uint8Array.from({ length: 16 * 12 }, (_, index) => (index % 16 >= 8 ? 1 : 0));
    const { sum, count } = squaredError(half, grey(100), right);
    expect([sum / count, count]).toEqual([100, 3 * 8 * 12]);
  });
});

describe('SSIM', () => {
  it('is 1 for equal frames, and the luminance term alone for flat ones', () => {
    expect(lumaSsim(waves(0), waves(0))).toBeCloseTo(1, 12);
    const [a, b, c1] = [16 + (219 * 100) / 255, 16 + (219 * 140) / 255, 2.55 ** 2];
    expect(lumaSsim(grey(100), grey(140))).toBeCloseTo((2 * a * b + c1) / (a * a + b * b + c1), 9);
  });
});

describe('the moving area', () => {
  const square = (left: number): RgbImage =>
    image(32, 24, (x, y) => (x >= left && x < left + 8 && y >= 8 && y < 16 ? [250, 250, 250] : [20, 20, 20]));

  it('is empty where nothing moves, and where only noise does', () => {
    expect(movingArea(square(4), square(4)).includes(1)).toBe(false);
    const noisy = image(32, 24, (x, y) => [100 + 3 * ((x + y) % 2), 100, 100]);
    expect(
      movingArea(
        noisy,
        image(32, 24, () => [100, 100, 100]),
      ).includes(1),
    ).toBe(false);
  });

  it('is what a square leaves and what it covers, and a margin of two pixels around', () => {
    const mask = movingArea(square(4), square(14));
    const row = [...mask.subarray(12 * 32, 13 * 32)].join('');
    expect(row).toBe(`${'00'}${'1'.repeat(22)}${'00000000'}`);
    expect(mask[5 * 32 + 8]).toBe(0);
    expect(mask[6 * 32 + 8]).toBe(1);
  });
});

describe('flicker', () => {
  it('is nothing for an error that stays, and its swing for one that comes and goes', () => {
    expect(flicker(waves(5), waves(5), waves(0), waves(0))).toBe(0);
    expect(flicker(grey(104), grey(97), grey(100), grey(100))).toBe(7);
    expect(flicker(grey(50), grey(80), grey(50), grey(90))).toBe(10);
  });
});

describe('the sheet of a sequence', () => {
  const neighbours = { place: 0, before: waves(0), after: waves(40) };

  it('gives the truth full marks', () => {
    const sheet = new ScoreSheet();
    for (const phase of [0, 20]) sheet.add({ picture: waves(phase), truth: waves(phase), ...neighbours });
    expect(sheet.score(3)).toEqual({
      psnr: MOST_PSNR,
      psnrByPlace: [MOST_PSNR],
      psnrMin: MOST_PSNR,
      ssim: expect.closeTo(1, 12) as number,
      psnrMoving: MOST_PSNR,
      movingShare: 1,
      flicker: 0,
      secondsPerFrame: 1.5,
    });
  });

  it('means PSNR over frames and those of a place, keeps the worst, and puts the moving pixels of all frames together', () => {
    const sheet = new ScoreSheet();
    sheet.add({ picture: grey(101), truth: grey(100), place: 0, before: grey(100), after: grey(160) });
    sheet.add({ picture: grey(105), truth: grey(100), place: 1, before: grey(100), after: grey(160) });
    const score = sheet.score(0);
    expect(score.psnr).toBeCloseTo(10 * Math.log10(255 ** 2 / 5), 9);
    expect(score.psnrByPlace.map((psnr) => psnr.toFixed(2))).toEqual(['48.13', '34.15']);
    expect(score.psnrMin).toBeCloseTo(20 * Math.log10(51), 9);
    expect(score.psnrMoving).toBeCloseTo(10 * Math.log10(255 ** 2 / 13), 9);
    expect(score.flicker).toBe(4);
  });

  it('says of a single still frame that there is no motion and no time to judge', () => {
    const sheet = new ScoreSheet();
    sheet.add({ picture: grey(101), truth: grey(100), place: 0, before: grey(100), after: grey(100) });
    expect(sheet.score(1)).toMatchObject({ psnrMoving: null, movingShare: 0, flicker: null });
    const first = new ScoreSheet();
    first.add({ picture: grey(101), truth: grey(100), place: 0, before: null, after: grey(100) });
    expect(first.score(1)).toMatchObject({ psnrMoving: null, movingShare: null, flicker: null });
    expect(meanScore([sheet.score(1), first.score(3)])).toMatchObject({
      psnrMoving: null,
      movingShare: 0,
      flicker: null,
      secondsPerFrame: 2,
    });
  });
});
