import type { MotionScore } from '../../../shared';
import type { RgbImage } from '../read-image';
import { flicker, lumaSsim, movingArea, psnrOf, squaredError } from './frame-scores';
import type { Picture } from './picture';

/** A frame without any error counts as this many dB, and none as more: means stay finite. */
export const MOST_PSNR = 100;

/** A frame that was made, its truth, and the inputs on both sides of it (`before` is null for the first of a shot that is deblurred). */
export interface MadeFrame {
  readonly picture: Picture;
  /** Its place among those between the same inputs, from 0 on. */
  readonly place: number;
  readonly truth: RgbImage;
  readonly before: RgbImage | null;
  readonly after: RgbImage;
}

/** Adds up the scores of one sequence's frames, in order. */
export class ScoreSheet {
  /** By place. */
  readonly #psnr: number[][] = [];
  readonly #ssim: number[] = [];
  readonly #flicker: number[] = [];
  readonly #movingShare: number[] = [];
  #moving = { sum: 0, count: 0 };
  #last: MadeFrame | null = null;

  get frames(): number {
    return this.#psnr.flat().length;
  }

  add(frame: MadeFrame): void {
    const { picture, place, truth, before, after } = frame;
    (this.#psnr[place] ??= []).push(capped(psnrOf(squaredError(picture, truth))));
    this.#ssim.push(lumaSsim(picture, truth));
    if (before) {
      const mask = movingArea(before, after);
      const { sum, count } = squaredError(picture, truth, mask);
      this.#moving = { sum: this.#moving.sum + sum, count: this.#moving.count + count };
      this.#movingShare.push(count / truth.data.length);
    }
    if (this.#last) this.#flicker.push(flicker(this.#last.picture, picture, this.#last.truth, truth));
    this.#last = frame;
  }

  /** @param seconds that all of its frames took to compute */
  score(seconds: number): MotionScore {
    return {
      psnr: mean(this.#psnr.flat()),
      psnrByPlace: this.#psnr.map(mean),
      psnrMin: Math.min(...this.#psnr.flat()),
      ssim: mean(this.#ssim),
      psnrMoving: this.#moving.count === 0 ? null : capped(psnrOf(this.#moving)),
      movingShare: this.#movingShare.length === 0 ? null : mean(this.#movingShare),
      flicker: this.#flicker.length === 0 ? null : mean(this.#flicker),
      secondsPerFrame: seconds / this.frames,
    };
  }
}

/** The mean over sequences, each counting the same whatever its length; the least of the least. */
export function meanScore(scores: readonly MotionScore[]): MotionScore {
  const of = (value: (score: MotionScore) => number): number => mean(scores.map(value));
  const ofKnown = (value: (score: MotionScore) => number | null): number | null => {
    const known = scores.map(value).filter((one) => one !== null);
    return known.length === 0 ? null : mean(known);
  };
  return {
    psnr: of((score) => score.psnr),
    psnrByPlace: (scores[0]?.psnrByPlace ?? []).map((_, place) =>
      of((score) => score.psnrByPlace[place] ?? NaN),
    ),
    psnrMin: Math.min(...scores.map((score) => score.psnrMin)),
    ssim: of((score) => score.ssim),
    psnrMoving: ofKnown((score) => score.psnrMoving),
    movingShare: ofKnown((score) => score.movingShare),
    flicker: ofKnown((score) => score.flicker),
    secondsPerFrame: of((score) => score.secondsPerFrame),
  };
}

function capped(psnr: number): number {
  return Math.min(MOST_PSNR, psnr);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
