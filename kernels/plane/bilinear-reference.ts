import type { LinearAxis } from './chroma-axis';

/** Planes of floats and where they go, all lengths checked. */
export interface BilinearWork {
  /** [planes, height, width] */
  readonly source: Float32Array;
  readonly planes: number;
  readonly width: number;
  readonly height: number;
  readonly horizontal: LinearAxis;
  readonly vertical: LinearAxis;
  /** [planes, rows, stride]; what lies beyond the resampled picture stays as it is. */
  readonly target: Float32Array;
  readonly stride: number;
  readonly rows: number;
}

const { fround } = Math;

/** Columns first, then rows; every product and sum is rounded on its own, from the first tap on. */
export function referenceResizeBilinear(work: BilinearWork): void {
  const { source, planes, width, height, horizontal, vertical, target, stride, rows } = work;
  for (let plane = 0; plane < planes; plane++)
    for (let row = 0; row < vertical.count; row++) {
      const line = Float32Array.from({ length: width }, (_, x) =>
        weighted(vertical, row, (at) => source[(plane * height + at) * width + x] ?? 0),
      );
      for (let x = 0; x < horizontal.count; x++)
        target[(plane * rows + row) * stride + x] = weighted(horizontal, x, (at) => line[at] ?? 0);
    }
}

function weighted(axis: LinearAxis, index: number, sample: (at: number) => number): number {
  let sum = 0;
  for (let tap = 0; tap < axis.taps; tap++) {
    const weight = axis.weights[index * axis.taps + tap] ?? 0;
    sum = fround(sum + fround(weight * sample((axis.starts[index] ?? 0) + tap)));
  }
  return sum;
}
