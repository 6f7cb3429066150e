import type { Plane } from '../../../frames';
import type { Matte } from '../instances';

/** A smooth picture of a region: one value for each cell of `step`×`step` samples. */
export interface Field {
  readonly step: number;
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Below this part of the weights of full cells a cell knows nothing. */
const LEAST_WEIGHT = 1e-4;

/**
 * What a plane shows of one thing alone, carried on over the places where another hides it: cells take
 * the mean of their known samples, and unknown ones what coarser and coarser cells around them know
 * (the pull-push of Gortler et al., "The Lumigraph", SIGGRAPH 1996, §3.5.2).
 *
 * @param matte coverage of the plane's samples; the field is of the region that it takes
 * @param shows by coverage, 0 to 255: how well a sample shows what is looked for, 0 to 255
 * @returns null where nothing is known at all
 */
export function knownField(plane: Plane, matte: Matte, shows: Uint8Array, step: number): Field | null {
  const finest = gathered(plane, matte, shows, step);
  const levels = [finest];
  let level = finest;
  while (level.width > 1 || level.height > 1) {
    level = coarser(level);
    levels.push(level);
  }
  if ((level.weights[0] ?? 0) < LEAST_WEIGHT * 1e-3) return null;
  for (let index = levels.length - 2; index >= 0; index--) {
    const [fine, coarse] = [levels[index], levels[index + 1]];
    if (fine && coarse) completed(fine, coarse);
  }
  return { step, width: finest.width, height: finest.height, values: finest.values };
}

interface Level {
  readonly width: number;
  readonly height: number;
  /** Means of what is known. */
  readonly values: Float32Array;
  /** 0 to 1. */
  readonly weights: Float32Array;
}

function emptyLevel(width: number, height: number): Level {
  const cells = width * height;
  return { width, height, values: new Float32Array(cells), weights: new Float32Array(cells) };
}

function gathered(plane: Plane, matte: Matte, shows: Uint8Array, step: number): Level {
  const level = emptyLevel(Math.ceil(matte.width / step), Math.ceil(matte.height / step));
  const { values, weights, width } = level;
  for (let y = 0; y < matte.height; y++) {
    const row = Math.floor(y / step) * width;
    const from = (matte.y + y) * plane.width + matte.x;
    const mask = y * matte.width;
    for (let cell = 0, x = 0; cell < width; cell++) {
      let [sum, weight] = [0, 0];
      for (const end = Math.min(matte.width, x + step); x < end; x++) {
        const own = shows[matte.data[mask + x] ?? 0] ?? 0;
        sum += own * (plane.data[from + x] ?? 0);
        weight += own;
      }
      values[row + cell] = (values[row + cell] ?? 0) + sum;
      weights[row + cell] = (weights[row + cell] ?? 0) + weight;
    }
  }
  const full = 1 / (255 * step * step);
  for (let cell = 0; cell < values.length; cell++) {
    const weight = weights[cell] ?? 0;
    if (weight === 0) continue;
    values[cell] = (values[cell] ?? 0) / weight;
    weights[cell] = weight * full;
  }
  return level;
}

/** Cells of 2×2, weighted by what each knows. */
function coarser(fine: Level): Level {
  const level = emptyLevel((fine.width + 1) >> 1, (fine.height + 1) >> 1);
  for (let y = 0; y < level.height; y++)
    for (let x = 0; x < level.width; x++) {
      let [sum, weight] = [0, 0];
      for (let row = 2 * y; row < Math.min(fine.height, 2 * y + 2); row++)
        for (let column = 2 * x; column < Math.min(fine.width, 2 * x + 2); column++) {
          const own = fine.weights[row * fine.width + column] ?? 0;
          sum += own * (fine.values[row * fine.width + column] ?? 0);
          weight += own;
        }
      const cell = y * level.width + x;
      level.values[cell] = weight > 0 ? sum / weight : 0;
      level.weights[cell] = Math.min(1, weight);
    }
  return level;
}

/** Fills up what the finer level doesn't know. */
function completed(fine: Level, coarse: Level): void {
  const line = new Float32Array(fine.width);
  const rows = new FieldRows({ step: 2, ...coarse }, fine.width);
  for (let y = 0; y < fine.height; y++) {
    rows.row(y, line);
    for (let x = 0, cell = y * fine.width; x < fine.width; x++, cell++) {
      const weight = fine.weights[cell] ?? 0;
      if (weight >= 1) continue;
      const guess = line[x] ?? 0;
      fine.values[cell] = guess + weight * ((fine.values[cell] ?? 0) - guess);
    }
  }
}

/** Gives rows of the samples that a field means, drawn out between cells along straight lines. */
export class FieldRows {
  /** Of each sample of a row: the cell to its left, and how far it lies from that to the next. */
  readonly #left: Int32Array;
  readonly #across: Float32Array;
  /** A row of cells, with the last one twice. */
  readonly #cells: Float32Array;

  /** @param count samples of a row */
  constructor(
    private readonly field: Field,
    count: number,
  ) {
    const { step, width } = field;
    this.#left = new Int32Array(count);
    this.#across = new Float32Array(count);
    this.#cells = new Float32Array(width + 1);
    for (let x = 0; x < count; x++) {
      const u = Math.max(0, Math.min(width - 1, (x + 0.5) / step - 0.5));
      this.#left[x] = Math.floor(u);
      this.#across[x] = u - Math.floor(u);
    }
  }

  /** Row `y` into the beginning of `line`. */
  row(y: number, line: Float32Array): void {
    const { step, width, height, values } = this.field;
    const [left, across, cells] = [this.#left, this.#across, this.#cells];
    const v = Math.max(0, Math.min(height - 1, (y + 0.5) / step - 0.5));
    const down = v - Math.floor(v);
    const a = Math.floor(v) * width;
    const b = Math.min(height - 1, Math.floor(v) + 1) * width;
    for (let x = 0; x < width; x++) {
      const upper = values[a + x] ?? 0;
      cells[x] = upper + down * ((values[b + x] ?? 0) - upper);
    }
    cells[width] = cells[width - 1] ?? 0;
    for (let x = 0; x < left.length; x++) {
      const cell = left[x] ?? 0;
      const first = cells[cell] ?? 0;
      line[x] = first + (across[x] ?? 0) * ((cells[cell + 1] ?? 0) - first);
    }
  }
}

/** The field's mean. */
export function fieldMean({ values }: Field): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length > 0 ? sum / values.length : 0;
}
