import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError, type JobEvent } from '../shared';

/** Each preview has a private folder, so that whatever its job leaves goes with it. */
const PREFIX = 'clearcut-preview-';

/** Files of previews: each goes when its page has taken it, when its job came to nothing, or with the process. */
export class Previews {
  /** Outputs by job. */
  readonly #files = new Map<string, string>();
  readonly #folders = new Set<string>();
  /** Jobs that came to nothing before whoever began them knew their number; kept while any is being begun. */
  readonly #early = new Set<string>();
  #beginning = 0;
  readonly #removeAtExit = (): void => {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  };

  /** Starts a job by `start`, which is told to write a file `name` somewhere, and returns its id. */
  async begin(name: string, start: (output: string) => Promise<string>): Promise<string> {
    // mkdtemp makes the folder readable for its owner alone.
    const folder = await mkdtemp(join(tmpdir(), PREFIX));
    if (this.#folders.size === 0) process.once('exit', this.#removeAtExit);
    this.#folders.add(folder);
    const output = join(folder, name);
    this.#beginning += 1;
    try {
      const jobId = await start(output);
      if (this.#early.has(jobId)) await this.#drop(folder);
      else this.#files.set(jobId, output);
      return jobId;
    } catch (error) {
      await this.#drop(folder);
      throw error;
    } finally {
      this.#beginning -= 1;
      if (this.#beginning === 0) this.#early.clear();
    }
  }

  has(jobId: string): boolean {
    return this.#files.has(jobId);
  }

  /** True for the events of a preview. */
  hear(event: JobEvent): boolean {
    const file = this.#files.get(event.jobId);
    const ended = event.type === 'failed' || event.type === 'cancelled';
    if (file === undefined) {
      if (ended && this.#beginning > 0) this.#early.add(event.jobId);
      return false;
    }
    if (ended) {
      this.#files.delete(event.jobId);
      void this.#drop(dirname(file));
    }
    return true;
  }

  /** The bytes of a finished preview; the file goes. @throws UserError no-such-file */
  take(jobId: string): Promise<Uint8Array> {
    return this.use(jobId, (file) => readFile(file));
  }

  /** What `read` makes of a finished preview; the file goes. @throws UserError no-such-file */
  async use<T>(jobId: string, read: (file: string) => Promise<T>): Promise<T> {
    const file = this.#files.get(jobId);
    if (file === undefined) throw gone();
    this.#files.delete(jobId);
    try {
      return await read(file);
    } catch (cause) {
      throw gone(cause);
    } finally {
      await this.#drop(dirname(file));
    }
  }

  async remove(): Promise<void> {
    this.#files.clear();
    await Promise.all([...this.#folders].map((folder) => this.#drop(folder)));
  }

  async #drop(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    this.#folders.delete(folder);
    if (this.#folders.size === 0) process.off('exit', this.#removeAtExit);
  }
}

function gone(cause?: unknown): UserError {
  return new UserError('no-such-file', 'That preview is gone: make it again.', { cause });
}
