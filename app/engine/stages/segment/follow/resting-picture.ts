import type { Glimpse } from './glimpse';

/** Mean differences of luma over 3×3 pixels are noise up to so many times that which a quarter of the picture keeps below: about 3 standard deviations. */
const NOISE = 10;
const QUIET = 0.25;
/** Of luma: where noise ends at least and at most, however still or restless a picture is. */
const LEAST_NOISE = 0.75;
const MOST_NOISE = 2;
/** From so many times the noise on something has surely changed. */
const CHANGE = 2.5;
/** Of a new glimpse in what a picture is at rest. */
const SHARE = 1 / 8;
/** Bins of a histogram, in one of luma and in all; pixels that are counted are so far apart. */
const BINS_A_LEVEL = 64;
const BINS = 256;
const APART = 7;

/** What a picture was at rest, to go on with. */
export interface SavedRest {
  readonly width: number;
  readonly height: number;
  readonly luma: Float32Array;
}

/**
 * What a shot's picture looks like at rest: each pixel's luma on the average since it last changed. Against that, unlike
 * the frame before, a slow change shows in the end.
 */
export class RestingPicture {
  #width = 0;
  #height = 0;
  #luma = new Float32Array(0);
  #changes = new Float32Array(0);
  #sums = new Float32Array(0);
  #columns = new Uint8Array(0);

  /**
   * Where the next frame is still, [height, width], 255 where nothing has changed for two pixels around, 0 where something
   * surely has; null for the first frame. Noise is told from the frame itself.
   */
  compare({ width, height, luma }: Glimpse): Uint8Array | null {
    if (width !== this.#width || height !== this.#height) {
      this.restore({ width, height, luma: Float32Array.from(luma) });
      return null;
    }
    const rest = this.#luma;
    const changes = this.#changes;
    this.#measure(luma);
    const noise = Math.min(Math.max(NOISE * this.#quiet(), LEAST_NOISE), MOST_NOISE);
    const slope = 255 / ((CHANGE - 1) * noise);
    const still = new Uint8Array(luma.length);
    for (let at = 0; at < luma.length; at++) {
      const value = Math.min(Math.max((CHANGE * noise - (changes[at] ?? 0)) * slope, 0), 255);
      const now = luma[at] ?? 0;
      rest[at] = now + ((rest[at] ?? 0) - now) * (1 - SHARE) * (value / 255);
      still[at] = value;
    }
    this.#spread(still);
    this.#spread(still);
    return still;
  }

  /** The shot ends. */
  forget(): void {
    this.restore(null);
  }

  save(): SavedRest {
    return { width: this.#width, height: this.#height, luma: this.#luma.slice() };
  }

  restore(saved: SavedRest | null): void {
    const { width, height, luma } = saved ?? { width: 0, height: 0, luma: new Float32Array(0) };
    this.#width = width;
    this.#height = height;
    this.#luma = luma.slice();
    this.#changes = new Float32Array(width * height);
    this.#sums = new Float32Array(width + 2);
    this.#columns = new Uint8Array(width * height);
  }

  /** The mean difference from what the picture was at rest, over 3×3 pixels. */
  #measure(luma: Uint8Array): void {
    const [width, height, rest, changes, sums] = [
      this.#width,
      this.#height,
      this.#luma,
      this.#changes,
      this.#sums,
    ];
    for (let y = 0; y < height; y++) {
      const above = Math.max(0, y - 1) * width;
      const here = y * width;
      const below = Math.min(height - 1, y + 1) * width;
      for (let x = 0; x < width; x++)
        sums[x + 1] =
          (luma[above + x] ?? 0) -
          (rest[above + x] ?? 0) +
          ((luma[here + x] ?? 0) - (rest[here + x] ?? 0)) +
          ((luma[below + x] ?? 0) - (rest[below + x] ?? 0));
      sums[0] = sums[1] ?? 0;
      sums[width + 1] = sums[width] ?? 0;
      for (let x = 0; x < width; x++)
        changes[here + x] = Math.abs((sums[x] ?? 0) + (sums[x + 1] ?? 0) + (sums[x + 2] ?? 0)) / 9;
    }
  }

  /** What the changes of the quietest part of the picture are below. */
  #quiet(): number {
    const counts = new Uint32Array(BINS);
    let all = 0;
    for (let at = 0; at < this.#changes.length; at += APART, all++) {
      const bin = Math.min(Math.floor(BINS_A_LEVEL * (this.#changes[at] ?? 0)), BINS - 1);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    let bin = 0;
    for (let below = counts[0] ?? 0; below < QUIET * all; below += counts[bin] ?? 0) bin++;
    return (bin + 0.5) / BINS_A_LEVEL;
  }

  /** Each value becomes the least of its 3×3 pixels. */
  #spread(values: Uint8Array): void {
    const [width, height, columns] = [this.#width, this.#height, this.#columns];
    for (let y = 0; y < height; y++) {
      const above = Math.max(0, y - 1) * width;
      const here = y * width;
      const below = Math.min(height - 1, y + 1) * width;
      for (let x = 0; x < width; x++)
        columns[here + x] = Math.min(values[above + x] ?? 0, values[here + x] ?? 0, values[below + x] ?? 0);
    }
    for (let y = 0; y < height; y++) {
      const [first, last] = [y * width, (y + 1) * width - 1];
      for (let at = first; at <= last; at++)
        values[at] = Math.min(
          columns[Math.max(at - 1, first)] ?? 0,
          columns[at] ?? 0,
          columns[Math.min(at + 1, last)] ?? 0,
        );
    }
  }
}
