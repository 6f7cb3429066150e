import type { BlurFieldWork, FieldView, KnownFieldWork } from './work';

/** Below this weight the whole field knows nothing. */
const NOTHING_KNOWN = 1e-7;

/**
 * Cells take the mean of their known samples, and where they know little or nothing, what coarser and coarser cells
 * around them know (the pull-push of Gortler et al., "The Lumigraph", SIGGRAPH 1996, §3.5.2). False where nothing is known.
 */
export function referenceKnownField(work: KnownFieldWork): boolean {
  const levels: Level[] = [gathered(work)];
  for (let level = levels[0]; level && (level.width > 1 || level.height > 1);) {
    level = coarser(level);
    levels.push(level);
  }
  if ((levels.at(-1)?.weights[0] ?? 0) < NOTHING_KNOWN) return false;
  for (let index = levels.length - 2; index >= 0; index--) {
    const [fine, coarse] = [levels[index], levels[index + 1]];
    if (fine && coarse) complete(fine, coarse);
  }
  return true;
}

interface Level {
  readonly width: number;
  readonly height: number;
  /** Means of what is known. */
  readonly values: Float32Array;
  /** 0 to 1. */
  readonly weights: Float32Array;
}

function gathered({ plane, matte, shows, field }: KnownFieldWork): Level {
  const { values, width, height, step } = field;
  const weights = new Float32Array(width * height);
  values.fill(0);
  for (let y = 0; y < matte.height; y++) {
    const row = Math.floor(y / step) * width;
    const from = (matte.y + y) * plane.width + matte.x;
    const mask = y * matte.width;
    for (let cell = 0, x = 0; cell < width; cell++) {
      let [sum, weight] = [0, 0];
      for (const end = Math.min(matte.width, x + step); x < end; x++) {
        const own = shows[matte.cover[mask + x] ?? 0] ?? 0;
        sum += own * (plane.codes[from + x] ?? 0);
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
  return { width, height, values, weights };
}

/** Cells of 2×2, weighted by what each knows. */
function coarser(fine: Level): Level {
  const [width, height] = [(fine.width + 1) >> 1, (fine.height + 1) >> 1];
  const level = {
    ...{ width, height },
    values: new Float32Array(width * height),
    weights: new Float32Array(width * height),
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let [sum, weight] = [0, 0];
      for (let row = 2 * y; row < Math.min(fine.height, 2 * y + 2); row++)
        for (let column = 2 * x; column < Math.min(fine.width, 2 * x + 2); column++) {
          const own = fine.weights[row * fine.width + column] ?? 0;
          sum += own * (fine.values[row * fine.width + column] ?? 0);
          weight += own;
        }
      const cell = y * width + x;
      level.values[cell] = weight > 0 ? sum / weight : 0;
      level.weights[cell] = Math.min(1, weight);
    }
  return level;
}

/** Fills up what the finer level doesn't know. */
function complete(fine: Level, coarse: Level): void {
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

/** Gives rows of the samples that a field means, drawn out between cells along straight lines, first down and then across. */
export class FieldRows {
  readonly #left: Int32Array;
  readonly #across: Float32Array;
  /** A row of cells, with the last one twice. */
  readonly #cells: Float32Array;

  /** @param count samples of a row */
  constructor(
    private readonly field: FieldView,
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
    const v = Math.max(0, Math.min(height - 1, (y + 0.5) / step - 0.5));
    const down = v - Math.floor(v);
    const a = Math.floor(v) * width;
    const b = Math.min(height - 1, Math.floor(v) + 1) * width;
    for (let x = 0; x < width; x++) {
      const upper = values[a + x] ?? 0;
      this.#cells[x] = upper + down * ((values[b + x] ?? 0) - upper);
    }
    this.#cells[width] = this.#cells[width - 1] ?? 0;
    for (let x = 0; x < this.#left.length; x++) {
      const cell = this.#left[x] ?? 0;
      const first = this.#cells[cell] ?? 0;
      line[x] = first + (this.#across[x] ?? 0) * ((this.#cells[cell + 1] ?? 0) - first);
    }
  }
}

/** Three running means each way, first across and then down; beyond an edge the edge's cell counts. */
export function referenceBlurField({ field: { values, width, height }, across, down }: BlurFieldWork): void {
  for (const radius of across) for (let y = 0; y < height; y++) average(values, y * width, 1, width, radius);
  for (const radius of down) for (let x = 0; x < width; x++) average(values, x, width, height, radius);
}

function average(values: Float32Array, start: number, step: number, count: number, radius: number): void {
  if (radius === 0) return;
  const line = Float32Array.from({ length: count }, (_, i) => values[start + i * step] ?? 0);
  const at = (i: number): number => line[Math.max(0, Math.min(count - 1, i))] ?? 0;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  const part = 1 / (2 * radius + 1);
  for (let i = 0; i < count; i++) {
    values[start + i * step] = sum * part;
    sum += at(i + radius + 1) - at(i - radius);
  }
}
