import type { Rational } from '../../../shared';
import type { StreamFormat } from '../../frames';

/** How often frames come and how long they last, of what comes in and of what goes out. */
export interface Timing {
  /** Frames out of one. */
  readonly count: number;
  readonly timeBase: Rational;
  readonly frameRate: Rational | null;
}

/**
 * The rate times `factor`, and time stretched by `slow`. The time base is cut finer by the factor, so that every
 * new frame's time is a whole number of ticks whatever the source's are: input tick p becomes p · count, and the new
 * frames of a step of d ticks lie d apart.
 */
export function timingOf({ timeBase, frameRate }: StreamFormat, factor: number, slow: number): Timing {
  const shared = greatestCommonDivisor(timeBase.num, factor);
  return {
    count: factor * slow,
    timeBase: { num: timeBase.num / shared, den: timeBase.den * (factor / shared) },
    frameRate: frameRate && { num: frameRate.num * factor, den: frameRate.den },
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** A frame to be shown: when, and what. Times in ticks of the output, `sourcePts` in the input's. */
export interface Slot {
  readonly pts: number;
  readonly duration: number | null;
  readonly sourcePts: number;
  /** Part of the way to the next picture, 0 for the picture itself; null for the picture again, held. */
  readonly time: number | null;
}

/** What is known of an input frame's time, in the input's ticks. */
export interface Instant {
  readonly pts: number;
  readonly sourcePts: number;
}

/** A picture itself. */
export function firstSlot(picture: Instant & { readonly duration: number | null }, count: number): Slot {
  const { pts, sourcePts, duration } = picture;
  return { pts: pts * count, duration, sourcePts, time: 0 };
}

/** Slots between the first instant and the last, which begins the next picture: for new pictures. */
export function movingSlots(instants: readonly Instant[], count: number): Slot[] {
  const [first, last] = [instants[0]?.pts ?? 0, instants.at(-1)?.pts ?? 0];
  const slots = instants.slice(0, -1).flatMap(({ pts, sourcePts }, index) => {
    const step = (instants[index + 1]?.pts ?? 0) - pts;
    return Array.from({ length: count }, (_, part) => ({
      pts: pts * count + part * step,
      duration: step,
      sourcePts,
      time: (pts - first + (part * step) / count) / (last - first),
    }));
  });
  return slots.slice(1);
}

/** Slots after a picture that is held for `duration` ticks; none where nobody knows how long. */
export function heldSlots({ pts, sourcePts }: Instant, duration: number | null, count: number): Slot[] {
  if (duration === null) return [];
  return Array.from({ length: count - 1 }, (_, index) => ({
    pts: pts * count + (index + 1) * duration,
    duration,
    sourcePts,
    time: null,
  }));
}
