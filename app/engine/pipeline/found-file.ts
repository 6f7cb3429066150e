import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Frame } from '../frames';
import { diskFull, isFull, sync, type SegmentEncoder } from '../media';
import { readRecord, recordLine, type FoundRecord } from '../stages';
import type { SegmentStore } from './segment-store';
import type { SegmentFile } from './segment-writer';

const FOUND = 'found';

/** The file of a segment that keeps what was found in its frames, a line each. */
export function foundFile(withMattes: boolean): SegmentFile {
  return { role: FOUND, extension: 'found.jsonl', open: (path) => new FoundWriter(path, withMattes) };
}

/** What was found in the frames of all segments, in order. */
export async function* foundRecords(store: SegmentStore): AsyncGenerator<FoundRecord> {
  for (const segment of store.segments) {
    const path = store.fileOf(segment, FOUND);
    if (path === undefined) throw new Error('A segment without what was found.');
    const file = createReadStream(path);
    try {
      for await (const line of createInterface({ input: file, crlfDelay: Infinity })) yield readRecord(line);
    } finally {
      file.destroy();
    }
  }
}

class FoundWriter implements SegmentEncoder {
  readonly #file;
  #failure: Error | null = null;

  constructor(
    private readonly path: string,
    private readonly withMattes: boolean,
  ) {
    this.#file = createWriteStream(path);
    this.#file.on('error', (error) => (this.#failure = error));
  }

  async write(frame: Frame): Promise<void> {
    if (this.#failure) throw await this.#failed(this.#failure);
    const line = `${recordLine(frame, this.withMattes)}\n`;
    await new Promise<void>((done) => {
      // An error is thrown with the next frame, or at the end.
      this.#file.write(line, () => {
        done();
      });
    });
  }

  async finish(): Promise<number> {
    await new Promise<void>((done) => this.#file.end(done));
    if (this.#failure) throw await this.#failed(this.#failure);
    await sync(this.path);
    return (await stat(this.path)).size;
  }

  async abort(): Promise<void> {
    await new Promise<void>((done) => {
      this.#file.once('close', done);
      this.#file.destroy();
    });
  }

  async #failed(cause: Error): Promise<Error> {
    return (await isFull(this.path)) ? diskFull(dirname(dirname(this.path)), cause) : cause;
  }
}
