import { z } from 'zod';

/** When, in seconds of the frames' own time, and where: the sides of its box over those of the upright picture, 0 to 1. */
const momentSchema = z
  .object({ time: z.number(), x0: z.number(), y0: z.number(), x1: z.number(), y1: z.number() })
  .readonly();
export type PathMoment = z.infer<typeof momentSchema>;

/** Where an object is over time: straight between its moments, nowhere before the first and after the last. */
export const objectPathSchema = z
  .object({
    /** Whether it is used, or known to be another one. */
    chosen: z.boolean(),
    moments: z.array(momentSchema).min(1).max(200_000).readonly(),
  })
  .readonly();
export type ObjectPath = z.infer<typeof objectPathSchema>;

export const objectPathsSchema = z.array(objectPathSchema).min(1).max(20_000).readonly();

/** Frames' times are rounded to their time bases. */
const SLACK_SECONDS = 0.02;

/** The box of an object at a time; null where it is nowhere. */
export function boxAt({ moments }: ObjectPath, time: number): Omit<PathMoment, 'time'> | null {
  const [first, last] = [moments[0], moments.at(-1)];
  if (!first || !last || time < first.time - SLACK_SECONDS || time > last.time + SLACK_SECONDS) return null;
  // The first moment after, by halves.
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle]?.time ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [moments[low - 1] ?? first, moments[low] ?? last];
  const span = after.time - before.time;
  return mixed(before, after, span > 0 ? (time - before.time) / span : 0);
}

/**
 * The same path with as few moments as keep every box within `tolerance` (of the picture's sides) of where it was (Douglas
 * and Peucker's way, over time).
 */
export function simplifiedPath({ chosen, moments }: ObjectPath, tolerance: number): ObjectPath {
  const kept = new Set([0, moments.length - 1]);
  const open: (readonly [number, number])[] = [[0, moments.length - 1]];
  for (let part = open.pop(); part; part = open.pop()) {
    const [from, to] = part;
    let [worst, most] = [-1, tolerance];
    for (let index = from + 1; index < to; index++) {
      const away = distance(moments, from, to, index);
      if (away > most) [worst, most] = [index, away];
    }
    if (worst < 0) continue;
    kept.add(worst);
    open.push([from, worst], [worst, to]);
  }
  return { chosen, moments: moments.filter((_, index) => kept.has(index)) };
}

/** How far the box at `index` is from the straight way between two others. */
function distance(moments: readonly PathMoment[], from: number, to: number, index: number): number {
  const [first, last, moment] = [moments[from], moments[to], moments[index]];
  if (!first || !last || !moment) return 0;
  const span = last.time - first.time;
  const straight = mixed(first, last, span > 0 ? (moment.time - first.time) / span : 0);
  return Math.max(
    Math.abs(moment.x0 - straight.x0),
    Math.abs(moment.y0 - straight.y0),
    Math.abs(moment.x1 - straight.x1),
    Math.abs(moment.y1 - straight.y1),
  );
}

function mixed(one: PathMoment, other: PathMoment, part: number): Omit<PathMoment, 'time'> {
  const between = (from: number, to: number): number => from + part * (to - from);
  return {
    x0: between(one.x0, other.x0),
    y0: between(one.y0, other.y0),
    x1: between(one.x1, other.x1),
    y1: between(one.y1, other.y1),
  };
}
