/** Where a chroma sample lies between its two luma samples along an axis, in luma samples from the first of them. */
export type ChromaSite = 0 | 0.5 | 1;

/** Samples that each output sample is a weighted sum of: those from `starts[i]` on. */
export interface LinearAxis {
  readonly count: number;
  readonly taps: number;
  readonly starts: Int32Array;
  /** [count, taps], sum to 1. */
  readonly weights: Float32Array;
}

type Term = readonly [index: number, weight: number];

/**
 * From `chroma` samples to `luma` of them (twice as many, or one less) by straight lines; before the first and after the
 * last sample the plane goes on as it ends.
 */
export function upAxis(luma: number, chroma: number, site: ChromaSite): LinearAxis {
  return axisOf(luma, 2, (x) => {
    const at = (x - site) / 2;
    const first = Math.floor(at);
    const rest = at - first;
    return [
      [clamp(first, chroma), 1 - rest],
      [clamp(first + 1, chroma), rest],
    ];
  });
}

/** Analysis low-passes whose synthesis is that straight line: of the 5/3 wavelet (LeGall & Tabatabai 1988), and its even twin. */
const COSITED = [-1 / 8, 2 / 8, 6 / 8, 2 / 8, -1 / 8] as const;
const BETWEEN = [-1 / 4, 3 / 4, 3 / 4, -1 / 4] as const;

/** From `luma` samples back to `chroma`: exactly undoes `upAxis`, and takes away most of what would alias. */
export function downAxis(luma: number, chroma: number, site: ChromaSite): LinearAxis {
  const filter = site === 0.5 ? BETWEEN : COSITED;
  const first = site === 0.5 ? -1 : site - 2;
  return axisOf(chroma, filter.length, (j) =>
    filter.flatMap((weight, tap) =>
      sampleAt(2 * j + first + tap, luma, site).map(([index, part]): Term => [index, part * weight]),
    ),
  );
}

/** Luma sample `x`, which may lie outside, by those inside: what `upAxis` would have gone on with. */
function sampleAt(x: number, length: number, site: ChromaSite): Term[] {
  const last = length - 1;
  if (x >= 0 && x <= last) return [[x, 1]];
  if (length <= 2) return [[clamp(x, length), 1]];
  // Half-sample symmetry on the side where two luma samples share the last chroma sample, else about that sample.
  if (x < 0) return site === 0 ? [[-x, 1]] : [[0, 1]];
  const whole = length % 2 === 0;
  if (site === 0) return [[whole ? last : 2 * last - x, 1]];
  if (site === 1 && whole) return [[2 * last - x, 1]];
  if (whole) return [[last, 1]];
  // The last chroma sample lies beyond the picture: on the line through its last two.
  if (site === 0.5) return line(last, 0.5);
  return x === last + 1 ? line(last, 1) : [[clamp(2 * last + 2 - x, length), 1]];
}

function line(last: number, beyond: number): Term[] {
  return [
    [last, 1 + beyond],
    [last - 1, -beyond],
  ];
}

function axisOf(count: number, taps: number, terms: (i: number) => readonly Term[]): LinearAxis {
  const starts = new Int32Array(count);
  const weights = new Float32Array(count * taps);
  for (let i = 0; i < count; i++) {
    const found = terms(i);
    const start = Math.min(...found.map(([index]) => index));
    starts[i] = start;
    for (const [index, weight] of found) {
      const at = i * taps + index - start;
      weights[at] = (weights[at] ?? 0) + weight;
    }
  }
  return { count, taps, starts, weights };
}

function clamp(index: number, count: number): number {
  return Math.min(Math.max(index, 0), count - 1);
}
