/** Where a phase's four taps begin, in samples from its source, and their weights. */
export interface BicubicTaps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** Of phase `phase` of an axis that is enlarged `scale` times: cubic convolution with a = −1/2 (Keys 1981). */
export function bicubicTaps(phase: number, scale: number): BicubicTaps {
  const offset = (phase + 0.5) / scale - 0.5;
  const first = Math.floor(offset) - 1;
  return { first, weights: [0, 1, 2, 3].map((tap) => cubic(Math.abs(first + tap - offset))) };
}

function cubic(t: number): number {
  if (t <= 1) return (1.5 * t - 2.5) * t * t + 1;
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
}
