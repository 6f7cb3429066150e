import type { Rational } from '../../shared';

/** Seconds of `ticks`, for people and for limits; frames keep their ticks. */
export function ticksToSeconds(ticks: number, timeBase: Rational): number {
  return (ticks * timeBase.num) / timeBase.den;
}

/** The first tick at or after `seconds`. */
export function secondsToTicks(seconds: number, timeBase: Rational): number {
  return Math.ceil((seconds * timeBase.den) / timeBase.num - 1e-9);
}

/** `ticks` of one time base in another, rounded to nearest (half away from zero); exact below 2^53 by way of BigInt. */
export function rescale(ticks: number, from: Rational, to: Rational): number {
  const numerator = BigInt(ticks) * BigInt(from.num) * BigInt(to.den);
  const denominator = BigInt(from.den) * BigInt(to.num);
  const twice = 2n * (numerator < 0n ? -numerator : numerator);
  const rounded = (twice + denominator) / (2n * denominator);
  return Number(numerator < 0n ? -rounded : rounded);
}
