/**
 * Mean difference of two frames warped to the same time from which on they show different things. Over 23 clips of real motion it
 * is at most 0.024, over 22 cuts between them at least 0.054: this lies between.
 */
const MISMATCH = 0.036;
/** About so many samples are looked at. */
const SAMPLES = 100_000;

/** Whether two frames, warped to the same time, show the same: if not, nothing can be said of what lies between. */
export function warpsMatch(a: Float32Array, b: Float32Array): boolean {
  // Odd, so that it doesn't keep to some columns.
  const step = Math.floor(a.length / SAMPLES) | 1;
  let sum = 0;
  let count = 0;
  for (let at = 0; at < a.length; at += step, count++) sum += Math.abs((a[at] ?? 0) - (b[at] ?? 0));
  return sum <= MISMATCH * count;
}
