import type { Matte } from '../instances';

/** Memory for the mattes that drawing a frame takes: the next frame's lie in the same place. */
export class MatteMemory {
  readonly #blocks: Uint8Array[] = [];
  #taken = 0;

  /** A matte that covers nothing, valid until `reuse`. */
  empty(x: number, y: number, width: number, height: number): Matte {
    const length = width * height;
    const index = this.#taken++;
    let block = this.#blocks[index];
    if (!block || block.length < length) this.#blocks[index] = block = new Uint8Array(length);
    const data = block.subarray(0, length);
    data.fill(0);
    return { x, y, width, height, data };
  }

  /** All that was taken is free. */
  reuse(): void {
    this.#taken = 0;
  }
}
