/** How an axis is resampled: output i is the sum of `taps` inputs from `starts[i]` on, weighted. */
export interface ResizeAxis {
  readonly count: number;
  readonly taps: number;
  /** May lie before the first input; beyond an edge the edge's sample counts. */
  readonly starts: Int32Array;
  /** [count, taps], with WEIGHT_BITS of fraction; those of an output sum to exactly 1. */
  readonly weights: Int16Array;
}

export const WEIGHT_BITS = 14;

/**
 * Cubic convolution with a = −1/2 (Keys 1981). Output i lies at (i + 0.5)·step − 0.5 + phase, in input
 * samples, where step is source/target unless it is given; the kernel is widened when the axis gets
 * shorter, so that it takes away what would alias.
 */
export function resizeAxis(
  source: number,
  target: number,
  phase: number,
  step: number = source / target,
): ResizeAxis {
  const stretch = Math.max(1, step);
  const radius = 2 * stretch;
  const taps = Math.ceil(2 * radius);
  const starts = new Int32Array(target);
  const weights = new Int16Array(target * taps);
  const exact = new Float64Array(taps);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * step - 0.5 + phase;
    const start = Math.floor(centre - radius) + 1;
    starts[i] = start;
    for (let tap = 0; tap < taps; tap++) exact[tap] = cubic((start + tap - centre) / stretch);
    weights.set(quantised(exact), i * taps);
  }
  return { count: target, taps, starts, weights };
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** Rounded weights; what rounding leaves over goes to the largest, so that flat areas stay as they are. */
function quantised(exact: Float64Array): Int16Array {
  const one = 2 ** WEIGHT_BITS;
  const total = exact.reduce((sum, weight) => sum + weight, 0);
  const rounded = Int16Array.from(exact, (weight) => Math.round((weight / total) * one));
  const largest = rounded.indexOf(Math.max(...rounded));
  rounded[largest] = (rounded[largest] ?? 0) + one - rounded.reduce((sum, weight) => sum + weight, 0);
  return rounded;
}
