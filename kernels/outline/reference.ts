import { exponential } from '../exponential';

/** Points of several polygons, one polygon's after the other's, all lengths checked. */
export interface DistanceWork {
  /** [count, vertices, 2] */
  readonly polygons: Float32Array;
  readonly vertices: number;
  /** [count + 1]: the first point of each polygon; the last is how many there are. */
  readonly starts: Int32Array;
  /** At least `starts`' last, 2 values each. */
  readonly points: Float32Array;
  /** One a point, in the unit of the points; positive inside, by the even-odd rule. */
  readonly distances: Float32Array;
}

/** A grid of logits and the pixels that are read off it, all lengths checked. */
export interface MatteWork {
  /** [rows, columns], at least 2 each. */
  readonly logits: Float32Array;
  readonly columns: number;
  readonly rows: number;
  /** Where the first pixel's centre lies, in samples of the grid. */
  readonly left: number;
  readonly top: number;
  /** Samples from one pixel to the next. */
  readonly stepX: number;
  readonly stepY: number;
  /** [height, width] */
  readonly target: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const { fround } = Math;
const LEAST_SQUARE = fround(1e-12);

/** Distances from the polygons (kernels/README.md), one point after the other. */
export function referenceSignedDistance({
  polygons,
  vertices,
  starts,
  points,
  distances,
}: DistanceWork): void {
  for (let polygon = 0; polygon + 1 < starts.length; polygon++) {
    const vertex = (index: number, axis: number): number =>
      polygons[2 * (polygon * vertices + (index % vertices)) + axis] ?? 0;
    for (let point = starts[polygon] ?? 0; point < (starts[polygon + 1] ?? 0); point++) {
      const x = points[2 * point] ?? 0;
      const y = points[2 * point + 1] ?? 0;
      let least = fround(3e38);
      let inside = false;
      for (let edge = 0; edge < vertices; edge++) {
        const [startX, startY] = [vertex(edge, 0), vertex(edge, 1)];
        const [endX, endY] = [vertex(edge + 1, 0), vertex(edge + 1, 1)];
        const [dx, dy] = [fround(endX - startX), fround(endY - startY)];
        const [px, py] = [fround(x - startX), fround(y - startY)];
        const length = fround(fround(dx * dx) + fround(dy * dy));
        const inverse = fround(1 / Math.max(length, LEAST_SQUARE));
        const share = fround(fround(fround(px * dx) + fround(py * dy)) * inverse);
        const along = Math.min(share > 0 ? share : 0, 1);
        const [awayX, awayY] = [fround(px - fround(along * dx)), fround(py - fround(along * dy))];
        least = Math.min(fround(fround(awayX * awayX) + fround(awayY * awayY)), least);
        const rising = y < endY;
        if (y < startY !== rising && fround(px * dy) < fround(py * dx) === rising) inside = !inside;
      }
      const distance = fround(Math.sqrt(least));
      distances[point] = inside ? distance : fround(0 - distance);
    }
  }
}

/** Pixels between a grid's logits (kernels/README.md), one after the other. */
export function referenceMatte(work: MatteWork): void {
  const { logits, columns, rows, left, top, stepX, stepY, target, width, height } = work;
  for (let row = 0; row < height; row++) {
    const down = place(row, stepY, top, rows);
    const column = (at: number): number =>
      between(
        logits[down.first * columns + at] ?? 0,
        logits[(down.first + 1) * columns + at] ?? 0,
        down.share,
      );
    for (let pixel = 0; pixel < width; pixel++) {
      const across = place(pixel, stepX, left, columns);
      const logit = between(column(across.first), column(across.first + 1), across.share);
      const coverage = fround(1 / fround(1 + exponential(fround(0 - logit))));
      target[row * width + pixel] = Math.floor(fround(fround(coverage * 255) + 0.5));
    }
  }
}

/** The two samples of an axis that a pixel is between, and how far it is from the first. */
function place(
  pixel: number,
  step: number,
  start: number,
  length: number,
): { readonly first: number; readonly share: number } {
  const at = fround(fround(pixel * fround(step)) + fround(start));
  const inside = Math.min(at > 0 ? at : 0, length - 1);
  const first = Math.min(Math.floor(inside), length - 2);
  return { first, share: fround(inside - first) };
}

function between(a: number, b: number, share: number): number {
  return fround(a + fround(share * fround(b - a)));
}
