import type { Readable } from 'node:stream';

/** Reads a stream in pieces of given length, without joining its chunks. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #ended = false;

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Fills `target` and returns how many bytes it got: fewer than its length only at the end of the stream. */
  async fill(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length && (await this.#more())) {
      const part = Math.min(this.#chunk.length - this.#at, target.length - filled);
      target.set(this.#chunk.subarray(this.#at, this.#at + part), filled);
      filled += part;
      this.#at += part;
    }
    return filled;
  }

  /** The next byte, or null at the end of the stream. */
  async byte(): Promise<number | null> {
    if (this.#at === this.#chunk.length && !(await this.#more())) return null;
    return this.#chunk[this.#at++] ?? null;
  }

  /** Passes over `count` bytes; returns how many there were. */
  async skip(count: number): Promise<number> {
    let left = count;
    while (left > 0 && (await this.#more())) {
      const part = Math.min(this.#chunk.length - this.#at, left);
      this.#at += part;
      left -= part;
    }
    return count - left;
  }

  /** True while there are bytes to take. */
  async #more(): Promise<boolean> {
    while (this.#at === this.#chunk.length && !this.#ended) {
      const next = await this.#chunks.next();
      if (next.done) this.#ended = true;
      else {
        this.#chunk = next.value;
        this.#at = 0;
      }
    }
    return this.#at < this.#chunk.length;
  }
}
