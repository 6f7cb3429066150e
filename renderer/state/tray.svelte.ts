import type { ClearcutApi, ErrorData, MediaInfo } from '../../app/shared';
import { fileNameOf } from '../../app/shared';
import { plainError } from './plain-error';

/** Files that are probed at a time. */
const AT_ONCE = 2;

/** A file that was opened, as the strip of files shows it. */
export class TrayFile {
  info = $state.raw<MediaInfo | null>(null);
  error = $state.raw<ErrorData | null>(null);
  readonly name: string;

  constructor(readonly path: string) {
    this.name = fileNameOf(path);
  }
}

/** All files that are open, in the order that they came. */
export class Tray {
  files = $state.raw<readonly TrayFile[]>([]);
  #busy = 0;
  #waiting: TrayFile[] = [];

  constructor(private readonly host: Pick<ClearcutApi, 'probe'>) {}

  /** Files that can be exported. */
  get usable(): readonly TrayFile[] {
    return this.files.filter(({ error }) => error === null);
  }

  has(path: string): boolean {
    return this.files.some((file) => file.path === path);
  }

  /** Adds what is not there yet, and finds out what it is. */
  add(paths: readonly string[]): void {
    const added = [...new Set(paths)].filter((path) => !this.has(path)).map((path) => new TrayFile(path));
    this.files = [...this.files, ...added];
    this.#waiting.push(...added);
    for (let count = this.#busy; count < AT_ONCE; count += 1) void this.#work();
  }

  /** What the window found out itself. */
  learn(info: MediaInfo): void {
    const file = this.files.find(({ path }) => path === info.path);
    if (file) file.info = info;
  }

  remove(path: string): void {
    this.files = this.files.filter((file) => file.path !== path);
    this.#waiting = this.#waiting.filter((file) => file.path !== path);
  }

  /** Puts files that were taken out back where they stood, in the order of their places. */
  putBack(files: readonly { readonly file: TrayFile; readonly at: number }[]): void {
    for (const { file, at } of files)
      if (!this.has(file.path)) this.files = this.files.toSpliced(at, 0, file);
  }

  clear(): void {
    this.files = [];
    this.#waiting = [];
  }

  /** The file beside another one, around the end to the beginning. */
  beside(path: string, by: 1 | -1): TrayFile | null {
    const at = this.files.findIndex((file) => file.path === path);
    if (at < 0 || this.files.length < 2) return null;
    return this.files[(at + by + this.files.length) % this.files.length] ?? null;
  }

  /** Resolves when all of a file's facts are known, or that there are none. */
  async known(file: TrayFile): Promise<MediaInfo | null> {
    if (!file.info && !file.error) await this.#probe(file);
    return file.info;
  }

  async #work(): Promise<void> {
    this.#busy += 1;
    for (let file = this.#waiting.shift(); file; file = this.#waiting.shift()) {
      if (!file.info) await this.#probe(file);
    }
    this.#busy -= 1;
  }

  async #probe(file: TrayFile): Promise<void> {
    try {
      file.info = await this.host.probe(file.path);
    } catch (error) {
      file.error = plainError(error);
    }
  }
}
