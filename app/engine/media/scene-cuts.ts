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
/** Where the histograms of all planes move by this part, and so much more than lately, … */
const NEW_PALETTE = 0.4;
const OVER_DRIFT = 6;
/** … the picture need not differ by so much more than lately. */
const OVER_MOTION_WITH_NEW_PALETTE = 1.3;
/** Weight of the newest frame in the running means. */
const MEMORY_WEIGHT = 0.2;

/** What is looked at of a frame. */
interface Sketch {
  /** Luma of the grid's cells, 0 to 1. */
  readonly cells: Float32Array;
  /** Parts of the cells in each bin, plane after plane. */
  readonly histograms: readonly Float32Array[];
}

/**
 * Finds scene cuts between neighbouring frames: cells of a coarse grid differ by much more than they have lately, and so
 * does the histogram; or the colours change altogether. Cheap: about a thousand samples a plane.
 */
export class SceneCutDetector {
  readonly #sketches = [emptySketch(), emptySketch()] as const;
  #current: 0 | 1 = 0;
  #motion = 0;
  #drift = 0;
  #seen = 0;

  /** True if a cut stands between the frame given last and this one. */
  look(frame: Frame): boolean {
    const before = this.#sketches[this.#current];
    this.#current = this.#current === 0 ? 1 : 0;
    const sketch = this.#sketches[this.#current];
    draw(frame, sketch);
    this.#seen++;
    if (this.#seen === 1) return false;
    const difference = meanDifference(sketch.cells, before.cells);
    const [shift = 0, ...chroma] = frame.planes.map((_, plane) => histogramShift(sketch, before, plane));
    const palette = chroma.reduce((sum, one) => sum + one, shift) / frame.planes.length;
    const first = this.#seen === 2;
    const moved = shift > LEAST_HISTOGRAM_SHIFT && (first || difference > OVER_MOTION * this.#motion);
    const replaced =
      palette > NEW_PALETTE &&
      (first ||
        (palette > OVER_DRIFT * this.#drift && difference > OVER_MOTION_WITH_NEW_PALETTE * this.#motion));
    const cut = difference > LEAST_DIFFERENCE && (moved || replaced);
    // A cut says nothing about the motion of the new scene.
    if (!cut) {
      const weight = first ? 1 : MEMORY_WEIGHT;
      this.#motion += weight * (difference - this.#motion);
      this.#drift += weight * (palette - this.#drift);
    }
    return cut;
  }
}

function emptySketch(): Sketch {
  return {
    cells: new Float32Array(GRID * GRID),
    histograms: [new Float32Array(BINS), new Float32Array(BINS), new Float32Array(BINS)],
  };
}

function draw(frame: Frame, { cells, histograms }: Sketch): void {
  const top = 2 ** frame.stream.format.bitDepth;
  for (const [index, { data, width, height }] of frame.planes.entries()) {
    const histogram = histograms[index];
    if (!histogram) continue;
    histogram.fill(0);
    for (let row = 0; row < GRID; row++) {
      const y = Math.min(height - 1, Math.floor(((row + 0.5) * height) / GRID));
      for (let column = 0; column < GRID; column++) {
        const x = Math.min(width - 1, Math.floor(((column + 0.5) * width) / GRID));
        const value = (data[y * width + x] ?? 0) / top;
        if (index === 0) cells[row * GRID + column] = value;
        const bin = Math.floor(value * BINS);
        histogram[bin] = (histogram[bin] ?? 0) + 1 / (GRID * GRID);
      }
    }
  }
}

/** The part of a plane's samples that went to another bin, 0 to 1. */
function histogramShift(a: Sketch, b: Sketch, plane: number): number {
  const [first, second] = [a.histograms[plane], b.histograms[plane]];
  return first && second ? (meanDifference(first, second) * BINS) / 2 : 0;
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
  return sum / a.length;
}
