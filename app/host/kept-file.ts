import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError } from '../shared';

/** A place for one JSON value that survives restarts. */
export interface Kept {
  /** What was kept, or null where there is nothing, or nothing that can be read. */
  read(): Promise<unknown>;
  /** Resolves when `value`, or a newer one, is kept. @throws UserError disk-full, output-not-writable */
  write(value: unknown): Promise<void>;
}

/**
 * A JSON file that is whole at every moment: a new one is written and synced beside it, then renamed
 * over it. Values that come while one is being written wait, and only the newest of them is written.
 */
export class KeptFile implements Kept {
  #writing: Promise<void> = Promise.resolve();
  #next: { readonly value: unknown; readonly written: Promise<void> } | null = null;

  constructor(private readonly path: string) {}

  async read(): Promise<unknown> {
    const text = await readFile(this.path, 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Set aside for whoever wants to look at it: the next write must not lose it.
      await rename(this.path, `${this.path}.damaged`).catch(() => undefined);
      return null;
    }
  }

  write(value: unknown): Promise<void> {
    if (this.#next) {
      this.#next = { value, written: this.#next.written };
      return this.#next.written;
    }
    const written = this.#writing
      .catch(() => undefined)
      .then(() => {
        const newest = this.#next?.value;
        this.#next = null;
        this.#writing = this.#put(newest);
        return this.#writing;
      });
    this.#next = { value, written };
    return written;
  }

  async #put(value: unknown): Promise<void> {
    try {
      await mkdir(dirname(this.path), { recursive: true });
      await writeFileAtomic(this.path, JSON.stringify(value), { mode: 0o600, fsync: true });
    } catch (cause) {
      const full = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
      throw new UserError(
        full ? 'disk-full' : 'output-not-writable',
        full
          ? `The disk of ${this.path} is full: free some space, then try again.`
          : `${this.path} could not be written: check that its folder may be written to.`,
        { cause },
      );
    }
  }
}

/** Keeps nothing beyond the process. */
export class KeptNowhere implements Kept {
  read(): Promise<unknown> {
    return Promise.resolve(null);
  }
  write(): Promise<void> {
    return Promise.resolve();
  }
}
