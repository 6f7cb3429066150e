import type { Frame } from '../frames';

/** Luma is looked at on a grid of this many cells across and down. */
const GRID = 32;
const BINS = 32;
/** Mean difference of cells, as part of the code range, below which nothing is a cut. */
const LEAST_DIFFERENCE = 0.06;
/** A cut stands out from the motion around it by this factor. */
const OVER_MOTION = 3;
/** And its histogram moves by this part of all samples (a flash or a pan keeps more of it). */
const LEAST_HISTOGRAM_SHIFT = 0.25;
/** Weight of the newest frame in the running mean of the motion. */
const MOTION_WEIGHT = 0.2;

/**
 * Finds scene cuts between neighbouring frames from luma alone: cells of a coarse grid differ by much
 * more than they have lately, and so does the histogram. Cheap: about a thousand samples a frame.
 */
export class SceneCutDetector {
  readonly #cells = [new Float32Array(GRID * GRID), new Float32Array(GRID * GRID)] as const;
  readonly #histograms = [new Float32Array(BINS), new Float32Array(BINS)] as const;
  #current = 0;
  #motion = 0;
  #seen = 0;

  /** True if a cut stands between the frame given last and this one. */
  look(frame: Frame): boolean {
    const previous = this.#current;
    this.#current = 1 - previous;
    const cells = this.#cells[this.#current === 0 ? 0 : 1];
    const histogram = this.#histograms[this.#current === 0 ? 0 : 1];
    this.#sample(frame, cells, histogram);
    this.#seen++;
    if (this.#seen === 1) return false;
    const difference = meanDifference(cells, this.#cells[previous === 0 ? 0 : 1]);
    const shift = (meanDifference(histogram, this.#histograms[previous === 0 ? 0 : 1]) * BINS) / 2;
    const cut =
      difference > LEAST_DIFFERENCE &&
      shift > LEAST_HISTOGRAM_SHIFT &&
      (this.#seen === 2 || difference > OVER_MOTION * this.#motion);
    // A cut says nothing about the motion of the new scene.
    if (!cut)
      this.#motion =
        this.#seen === 2 ? difference : this.#motion + MOTION_WEIGHT * (difference - this.#motion);
    return cut;
  }

  #sample(frame: Frame, cells: Float32Array, histogram: Float32Array): void {
    const plane = frame.planes[0];
    if (!plane) return;
    const { data, width, height } = plane;
    const top = 2 ** frame.stream.format.bitDepth;
    histogram.fill(0);
    for (let row = 0; row < GRID; row++) {
      const y = Math.min(height - 1, Math.floor(((row + 0.5) * height) / GRID));
      for (let column = 0; column < GRID; column++) {
        const x = Math.min(width - 1, Math.floor(((column + 0.5) * width) / GRID));
        const value = (data[y * width + x] ?? 0) / top;
        cells[row * GRID + column] = value;
        const bin = Math.floor(value * BINS);
        histogram[bin] = (histogram[bin] ?? 0) + 1 / (GRID * GRID);
      }
    }
  }
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
  return sum / a.length;
}
