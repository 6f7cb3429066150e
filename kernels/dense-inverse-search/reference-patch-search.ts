import { bilinear, bilinearAt, clamp, f32, sampleAt, type Flow, type Plane } from './reference-plane';

export const PATCH = 8;
export const PATCH_STEP = 3;
const AREA = PATCH * PATCH;
const BAND_ROWS = 16;
const DESCENT_STEPS = 12;
const RIDGE = 1;
const FINISHED = f32(0.0025);
const SAME_MOTION = f32(0.1);

/** Where the patches of a frame went in the other one, [rows, columns]. */
export interface PatchMotion {
  readonly columns: readonly number[];
  readonly rows: readonly number[];
  readonly u: Float32Array;
  readonly v: Float32Array;
}

interface Patch {
  readonly x: number;
  readonly y: number;
  readonly luma: Float32Array;
  readonly gradientX: Float32Array;
  readonly gradientY: Float32Array;
  readonly meanX: number;
  readonly meanY: number;
  /** Inverse of the normal matrix, the sign of the mixed entry turned. */
  readonly inverse: readonly [xx: number, xy: number, yy: number];
}

interface Match {
  readonly u: number;
  readonly v: number;
  readonly error: number;
  readonly stepX: number;
  readonly stepY: number;
}

/** Inverse search of a level (Kroeger et al., ECCV 2016, section 2.1), from the flow of the level below. */
export function referencePatchSearch(from: Plane, to: Plane, coarse: Flow | null): PatchMotion {
  const columns = patchStarts(from.width);
  const rows = patchStarts(from.height);
  const count = columns.length * rows.length;
  const matches = new Array<Match>(count);
  const patches = rows.flatMap((y) => columns.map((x) => patchAt(from, x, y)));

  const visit = (row: number, column: number, back: boolean): void => {
    const at = row * columns.length + column;
    const patch = patches[at]!;
    const step = back ? 1 : -1;
    const start = back ? matches[at]! : matchAt(patch, to, ...coarseMotion(coarse, patch));
    const inBand = Math.floor((row + step) / BAND_ROWS) === Math.floor(row / BAND_ROWS);
    const neighbours = [
      column + step >= 0 && column + step < columns.length ? at + step : -1,
      inBand && row + step < rows.length ? at + step * columns.length : -1,
    ];
    let best = start;
    for (const neighbour of neighbours) {
      if (neighbour < 0) continue;
      const { u, v } = matches[neighbour]!;
      if (f32(Math.abs(f32(u - best.u)) + Math.abs(f32(v - best.v))) < SAME_MOTION) continue;
      const other = matchAt(patch, to, u, v);
      if (other.error < best.error) best = other;
    }
    matches[at] = back && best === start ? start : descend(patch, to, best);
  };

  for (let first = 0; first < rows.length; first += BAND_ROWS) {
    const end = Math.min(first + BAND_ROWS, rows.length);
    for (let row = first; row < end; row++)
      for (let column = 0; column < columns.length; column++) visit(row, column, false);
    for (let row = end - 1; row >= first; row--)
      for (let column = columns.length - 1; column >= 0; column--) visit(row, column, true);
  }
  return {
    columns,
    rows,
    u: Float32Array.from(matches, ({ u }) => u),
    v: Float32Array.from(matches, ({ v }) => v),
  };
}

/** The last patch ends with the picture, or begins at 0 where that is smaller. */
function patchStarts(side: number): readonly number[] {
  const last = Math.max(0, side - PATCH);
  return Array.from({ length: 1 + Math.ceil(last / PATCH_STEP) }, (_, i) => Math.min(i * PATCH_STEP, last));
}

function patchAt(from: Plane, x: number, y: number): Patch {
  const luma = new Float32Array(AREA);
  const gradientX = new Float32Array(AREA);
  const gradientY = new Float32Array(AREA);
  for (let i = 0; i < AREA; i++) {
    const [column, row] = [x + (i % PATCH), y + Math.floor(i / PATCH)];
    luma[i] = sampleAt(from, column, row);
    if (column >= from.width || row >= from.height) continue;
    gradientX[i] = f32(f32(sampleAt(from, column + 1, row) - sampleAt(from, column - 1, row)) * 0.5);
    gradientY[i] = f32(f32(sampleAt(from, column, row + 1) - sampleAt(from, column, row - 1)) * 0.5);
  }
  const sumX = patchSum((i) => gradientX[i]!);
  const sumY = patchSum((i) => gradientY[i]!);
  const meanX = f32(sumX / AREA);
  const meanY = f32(sumY / AREA);
  const products = (a: Float32Array, b: Float32Array, sum: number, mean: number): number =>
    f32(patchSum((i) => f32(a[i]! * b[i]!)) - f32(sum * mean));
  const xx = f32(products(gradientX, gradientX, sumX, meanX) + RIDGE);
  const xy = products(gradientX, gradientY, sumX, meanY);
  const yy = f32(products(gradientY, gradientY, sumY, meanY) + RIDGE);
  const determinant = f32(f32(xx * yy) - f32(xy * xy));
  const gain = determinant > 0 ? f32(1 / determinant) : 0;
  const inverse = [f32(yy * gain), f32(xy * gain), f32(xx * gain)] as const;
  return { x, y, luma, gradientX, gradientY, meanX, meanY, inverse };
}

/** Of a patch's samples: each column from the top down, then neighbouring columns in pairs. */
function patchSum(term: (i: number) => number): number {
  const columns = Array.from({ length: PATCH }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < PATCH; row++) sum = f32(sum + term(row * PATCH + column));
    return sum;
  });
  const pair = (i: number): number => f32(columns[i]! + columns[i + 1]!);
  return f32(f32(pair(0) + pair(2)) + f32(pair(4) + pair(6)));
}

/** How well the patch fits where (u, v) takes it, and the step from there. */
function matchAt(patch: Patch, to: Plane, wantedU: number, wantedV: number): Match {
  // Farther out there is nothing but the repeated border.
  const u = clamp(wantedU, -PATCH - patch.x, to.width - patch.x);
  const v = clamp(wantedV, -PATCH - patch.y, to.height - patch.y);
  const [x, y] = [f32(patch.x + u), f32(patch.y + v)];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [across, down] = [f32(x - left), f32(y - top)];
  const differences = new Float32Array(AREA);
  for (let i = 0; i < AREA; i++) {
    const [column, row] = [left + (i % PATCH), top + Math.floor(i / PATCH)];
    differences[i] = f32(bilinear(to, column, row, across, down) - patch.luma[i]!);
  }
  const sum = patchSum((i) => differences[i]!);
  const squares = patchSum((i) => f32(differences[i]! * differences[i]!));
  const slope = (gradient: Float32Array, mean: number): number =>
    f32(patchSum((i) => f32(differences[i]! * gradient[i]!)) - f32(sum * mean));
  const slopeX = slope(patch.gradientX, patch.meanX);
  const slopeY = slope(patch.gradientY, patch.meanY);
  const [xx, xy, yy] = patch.inverse;
  return {
    u,
    v,
    error: f32(squares - f32(sum * f32(sum / AREA))),
    stepX: f32(f32(xy * slopeY) - f32(xx * slopeX)),
    stepY: f32(f32(xy * slopeX) - f32(yy * slopeY)),
  };
}

function descend(patch: Patch, to: Plane, start: Match): Match {
  let best = start;
  for (let step = 0; step < DESCENT_STEPS && squaredLength(best.stepX, best.stepY) >= FINISHED; step++) {
    const next = matchAt(patch, to, f32(best.u + best.stepX), f32(best.v + best.stepY));
    if (!(next.error < best.error)) break;
    best = next;
  }
  // A patch that left its own neighbourhood has lost its way.
  return squaredLength(f32(best.u - start.u), f32(best.v - start.v)) <= AREA ? best : start;
}

function squaredLength(u: number, v: number): number {
  return f32(f32(u * u) + f32(v * v));
}

function coarseMotion(coarse: Flow | null, { x, y }: Patch): [u: number, v: number] {
  if (!coarse) return [0, 0];
  const at = (start: number): number => (start + 3) / 2;
  const component = (plane: Plane): number => f32(2 * bilinearAt(plane, at(x), at(y)));
  return [component(coarse.u), component(coarse.v)];
}
