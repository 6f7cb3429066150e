/// <reference types="@webgpu/types" />

/** Sizes that are asked for next to each other share a buffer. */
const UNIT = 256;
/** One that is larger than this many times what is wanted is kept for something else. */
const MOST_SLACK = 2;
const MOST_SPARE = 24;

/** Buffers of one use that are given back and used again: in the steady state nothing is allocated. */
export class SpareBuffers {
  readonly #make: (size: number) => GPUBuffer;
  /** The one that was given back last stands last. */
  readonly #spare: GPUBuffer[] = [];

  constructor(make: (size: number) => GPUBuffer) {
    this.#make = make;
  }

  /** A buffer of `bytes` bytes at least, with anything in it. */
  take(bytes: number): GPUBuffer {
    const size = Math.max(UNIT, Math.ceil(bytes / UNIT) * UNIT);
    let best = -1;
    for (const [index, { size: has }] of this.#spare.entries())
      if (has >= size && has <= MOST_SLACK * size && has < (this.#spare[best]?.size ?? Infinity))
        best = index;
    const [found] = best < 0 ? [] : this.#spare.splice(best, 1);
    return found ?? this.#make(size);
  }

  giveBack(buffer: GPUBuffer): void {
    this.#spare.push(buffer);
    if (this.#spare.length > MOST_SPARE) this.#spare.shift()?.destroy();
  }
}
