import type { Readable } from 'node:stream';

/** Reads a stream in pieces of given length, without joining its chunks. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer | null = null;

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Fills `target` and returns how many bytes it got: fewer than its length only at the end of the stream. */
  async fill(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      const chunk = this.#rest ?? (await this.#next());
      if (!chunk) return filled;
      const part = Math.min(chunk.length, target.length - filled);
      target.set(part === chunk.length ? chunk : chunk.subarray(0, part), filled);
      filled += part;
      this.#rest = part === chunk.length ? null : chunk.subarray(part);
    }
    return filled;
  }

  async #next(): Promise<Buffer | null> {
    const next = await this.#chunks.next();
    return next.done ? null : next.value;
  }
}
