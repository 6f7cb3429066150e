import type { GuidedWork } from './work';

/** Cells of a window on each side of its middle. */
const RADIUS = 2;
/** Variance of a component that counts as none: of differences of 0.01. */
const EPSILON = 1e-4;
/** How much steeper edges become than the linear model's. */
const GAIN = 3;
/** A model that explains this share of a window's coverage counts in full. */
const ENOUGH = 0.5;
/** Variance of coverage that is worth no model. */
const LEAST_VARIANCE = 1e-3;

/** Components, coverage, components · coverage, components · components, coverage². */
const MOMENTS = 14;
const LINE = 5;

/** Cells or pixels of one axis. */
interface Axis {
  /** The first cell, and how many. */
  readonly first: number;
  readonly count: number;
  /** Pixels of the picture in a cell. */
  readonly step: number;
}

/** Sums over windows are taken across, then down; values of a cell lie next to each other. */
interface Cells {
  readonly columns: number;
  readonly rows: number;
  readonly channels: number;
  readonly values: Float64Array;
}

/** The guided filter (He et al., ECCV 2010) of a matte, with steeper edges (kernels/README.md), one value after the other. */
export function referenceGuided(work: GuidedWork): void {
  const { width, height, matte, picture, pictureWidth, pictureHeight } = work;
  if (width === 0 || height === 0) return;
  const across = axisOf(work.x, width, pictureWidth, work.smallWidth, work.cell);
  const down = axisOf(work.y, height, pictureHeight, work.smallHeight, work.cell);
  const model = coefficients(work, across, down);
  const plane = pictureWidth * pictureHeight;
  for (let row = 0; row < height; row++) {
    const [top, bottom, byRow] = place(work.y + row, down);
    for (let column = 0; column < width; column++) {
      const [left, right, byColumn] = place(work.x + column, across);
      const along = (cells: number, channel: number): number =>
        mixed(
          model[LINE * (cells * across.count + left) + channel] ?? 0,
          model[LINE * (cells * across.count + right) + channel] ?? 0,
          byColumn,
        );
      const of = (channel: number): number => mixed(along(top, channel), along(bottom, channel), byRow);
      const at = (work.y + row) * pictureWidth + work.x + column;
      const product = (channel: number): number =>
        Math.fround(of(channel) * (picture[channel * plane + at] ?? 0));
      const sum = Math.fround(Math.fround(product(0) + product(1)) + product(2));
      const kept = Math.fround(of(4) * (matte[row * width + column] ?? 0));
      const whole = Math.fround(Math.fround(sum + kept) + of(3));
      const covered = Math.floor(Math.fround(whole + 0.5));
      matte[row * width + column] = Math.min(Math.max(covered, 0), 255);
    }
  }
}

function mixed(from: number, to: number, share: number): number {
  return Math.fround(from + Math.fround(Math.fround(to - from) * share));
}

function axisOf(start: number, length: number, whole: number, small: number, cell: number): Axis {
  const step = (cell * whole) / small;
  const cells = Math.ceil(small / cell);
  const first = Math.min(Math.floor(start / step), cells - 1);
  const end = Math.min(Math.floor((start + length - 1) / step) + 1, cells);
  return { first, count: Math.max(end - first, 1), step };
}

/** The two cells whose middles a pixel lies between, and how near to the second. */
function place(pixel: number, { first, count, step }: Axis): [number, number, number] {
  const at = Math.min(Math.max((pixel + 0.5) / step - 0.5 - first, 0), count - 1);
  const cell = Math.floor(at);
  return [cell, Math.min(cell + 1, count - 1), Math.fround(at - cell)];
}

/** Of each cell the factors of the picture's components, what is added, and the factor of the matte as it was. */
function coefficients(work: GuidedWork, across: Axis, down: Axis): Float32Array {
  const [columns, rows] = [across.count, down.count];
  const moments = cellsOf(columns, rows, MOMENTS);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const component = (plane: number): number =>
        guide(work, plane, across.first + column, down.first + row);
      const [r, g, b] = [component(0), component(1), component(2)];
      const p = coverage(work, across, down, column, row);
      const products = [r * p, g * p, b * p, r * r, r * g, r * b, g * g, g * b, b * b, p * p];
      moments.values.set([r, g, b, p, ...products], MOMENTS * (row * columns + column));
    }
  const means = windowMeans(moments).values;
  const lines = cellsOf(columns, rows, LINE);
  for (let cell = 0; cell < columns * rows; cell++)
    lines.values.set(fitted(means.subarray(MOMENTS * cell, MOMENTS * (cell + 1))), LINE * cell);
  // Coverage goes from 0 to 255.
  return Float32Array.from(windowMeans(lines).values, (value, index) => {
    if (index % LINE < 3) return 255 * GAIN * value;
    return index % LINE === 3 ? 255 * (GAIN * (value - 0.5) + 0.5) : GAIN * value;
  });
}

function cellsOf(columns: number, rows: number, channels: number): Cells {
  return { columns, rows, channels, values: new Float64Array(channels * columns * rows) };
}

function guide(
  { small, smallStride, smallWidth, smallHeight, cell }: GuidedWork,
  plane: number,
  column: number,
  row: number,
): number {
  const length = small.length / 3;
  const right = Math.min(cell * (column + 1), smallWidth);
  const bottom = Math.min(cell * (row + 1), smallHeight);
  let sum = 0;
  for (let y = cell * row; y < bottom; y++)
    for (let x = cell * column; x < right; x++) sum += small[plane * length + y * smallStride + x] ?? 0;
  return sum / ((right - cell * column) * (bottom - cell * row));
}

/** Pixels of the region in a cell: those whose middles lie in it, or the nearest one. */
function pixels(start: number, length: number, { first, step }: Axis, cell: number): [number, number] {
  const from = Math.max(Math.ceil((first + cell) * step - 0.5) - start, 0);
  const to = Math.min(Math.ceil((first + cell + 1) * step - 0.5) - start, length);
  if (from < to) return [from, to];
  const nearest = Math.min(Math.max(Math.floor((first + cell + 0.5) * step) - start, 0), length - 1);
  return [nearest, nearest + 1];
}

function coverage(
  { x, y, width, height, matte }: GuidedWork,
  across: Axis,
  down: Axis,
  column: number,
  row: number,
): number {
  const [left, right] = pixels(x, width, across, column);
  const [top, bottom] = pixels(y, height, down, row);
  let sum = 0;
  for (let line = top; line < bottom; line++)
    for (let at = left; at < right; at++) sum += matte[line * width + at] ?? 0;
  return sum / (255 * ((right - left) * (bottom - top)));
}

/** The mean of each cell's window, cut off at the region's border. */
function windowMeans({ columns, rows, channels, values }: Cells): Cells {
  const sums = new Float64Array(values.length);
  const means = new Float64Array(values.length);
  const window = (at: number, count: number): [number, number] => [
    Math.max(at - RADIUS, 0),
    Math.min(at + RADIUS, count - 1),
  ];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [left, right] = window(column, columns);
      for (let other = left; other <= right; other++)
        for (let channel = 0; channel < channels; channel++)
          sums[channels * (row * columns + column) + channel]! +=
            values[channels * (row * columns + other) + channel] ?? 0;
    }
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = window(row, rows);
    for (let column = 0; column < columns; column++) {
      const [left, right] = window(column, columns);
      const count = (right - left + 1) * (bottom - top + 1);
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let other = top; other <= bottom; other++)
          sum += sums[channels * (other * columns + column) + channel] ?? 0;
        means[channels * (row * columns + column) + channel] = sum / count;
      }
    }
  }
  return { columns, rows, channels, values: means };
}

/** The linear model of coverage by the components that fits a window best (eq. 13), as far as it explains it. */
function fitted(means: Float64Array): number[] {
  const [r = 0, g = 0, b = 0, p = 0, rp = 0, gp = 0, bp = 0, ...products] = means;
  const [rr = 0, rg = 0, rb = 0, gg = 0, gb = 0, bb = 0, pp = 0] = products;
  const [s00, s01, s02] = [rr - r * r + EPSILON, rg - r * g, rb - r * b];
  const [s11, s12, s22] = [gg - g * g + EPSILON, gb - g * b, bb - b * b + EPSILON];
  const [v0, v1, v2] = [rp - r * p, gp - g * p, bp - b * p];
  const c00 = s11 * s22 - s12 * s12;
  const c01 = s02 * s12 - s01 * s22;
  const c02 = s01 * s12 - s02 * s11;
  const c11 = s00 * s22 - s02 * s02;
  const c12 = s01 * s02 - s00 * s12;
  const c22 = s00 * s11 - s01 * s01;
  const determinant = s00 * c00 + s01 * c01 + s02 * c02;
  const a0 = (c00 * v0 + c01 * v1 + c02 * v2) / determinant;
  const a1 = (c01 * v0 + c11 * v1 + c12 * v2) / determinant;
  const a2 = (c02 * v0 + c12 * v1 + c22 * v2) / determinant;
  const explained = (a0 * v0 + a1 * v1 + a2 * v2) / (pp - p * p + LEAST_VARIANCE);
  const share = Math.min(Math.max(explained / ENOUGH, 0), 1);
  return [share * a0, share * a1, share * a2, share * (p - (a0 * r + a1 * g + a2 * b)), 1 - share];
}
