import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Enough to explain a failure; a job that says more says the same again. */
const MOST_CHARACTERS = 200_000;
/** Ids are made here; whatever else a page says is no name of a file. */
const ID = /^[0-9a-f-]{36}$/;

/** What happened to each job, line by line: in a file each where a folder is given, else in memory. */
export class JobLog {
  readonly #lines = new Map<string, string>();
  /** Lines of a job are written one after the other. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: string | null,
    private readonly now: () => Date = () => new Date(),
  ) {}

  add(id: string, words: string): void {
    const line = `${this.now().toISOString()}  ${words}\n`;
    if (this.folder === null) {
      this.#lines.set(id, ((this.#lines.get(id) ?? '') + line).slice(-MOST_CHARACTERS));
      return;
    }
    const { folder } = this;
    this.#after(async () => {
      await mkdir(folder, { recursive: true });
      await appendFile(this.#file(id), line, { mode: 0o600 });
    });
  }

  async read(id: string): Promise<string> {
    if (!ID.test(id)) return '';
    if (this.folder === null) return this.#lines.get(id) ?? '';
    await this.#writing;
    const text = await readFile(this.#file(id), 'utf8').catch(() => '');
    return text.slice(-MOST_CHARACTERS);
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      this.#lines.delete(id);
      if (this.folder !== null) this.#after(() => rm(this.#file(id), { force: true }));
    }
  }

  /** Resolves when all lines are written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** A log is a help, never a reason to fail. */
  #after(work: () => Promise<unknown>): void {
    this.#writing = this.#writing.then(work).catch(() => undefined);
  }

  #file(id: string): string {
    return join(this.folder ?? '', `${id}.log`);
  }
}
