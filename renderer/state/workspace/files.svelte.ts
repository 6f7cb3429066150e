import type { ClearcutApi, DroppedFile } from '../../../app/shared';
import type { Strip } from '../player';
import type { Tray } from '../tray.svelte';
import type { Viewport } from '../viewport.svelte';
import type { Edits } from './edits';
import type { Subject } from './subject';

/** Who is told of another file in the window. */
export interface FilesEvents {
  /** The window turns to its editor. */
  turn(): void;
  /** What stood in the window is no longer there. */
  left(): void;
  /** Another file is there. */
  opened(): Promise<void>;
}

/** The files that are open: which one the window shows, and which come and go. */
export class Files {
  recent = $state.raw<readonly string[]>([]);

  constructor(
    private readonly host: ClearcutApi,
    private readonly subject: Subject,
    private readonly tray: Tray,
    private readonly strip: Strip,
    private readonly viewport: Viewport,
    private readonly edits: Edits,
    private readonly events: FilesEvents,
  ) {}

  /** Finds out what was opened in earlier sessions. */
  async begin(): Promise<void> {
    this.recent = await this.host.recent();
  }

  choose(): Promise<void> {
    return this.#opening(this.subject.source.choose());
  }

  drop(files: readonly DroppedFile[]): Promise<void> {
    this.events.turn();
    return this.#opening(this.subject.source.drop(files));
  }

  /** Files that were opened from outside, or again. */
  async open(paths: readonly string[]): Promise<void> {
    const [first] = paths;
    if (first === undefined) return;
    this.events.turn();
    await this.#opening(this.subject.source.open(first).then(() => paths));
  }

  /** @throws UserError no-such-file where it is gone */
  async openRecent(path: string): Promise<void> {
    await this.open([await this.host.openRecent(path)]);
  }

  async forgetRecent(): Promise<void> {
    await this.host.forgetRecent();
    this.recent = [];
  }

  /** Shows another one of the files that are open. */
  async show(path: string): Promise<void> {
    if (this.subject.info?.path === path) return;
    await this.#opening(this.subject.source.open(path).then(() => [path]));
  }

  async beside(by: 1 | -1): Promise<void> {
    const path = this.subject.info?.path;
    const next = path === undefined ? null : this.tray.beside(path, by);
    if (next) await this.show(next.path);
  }

  /** Takes a file out of the window; the last one leaves it empty. */
  async close(path = this.subject.info?.path): Promise<void> {
    if (path === undefined) this.subject.source.close();
    else await this.#closeAsEdit([path]);
  }

  async closeAll(): Promise<void> {
    const paths = this.tray.files.map(({ path }) => path);
    if (paths.length === 0) this.subject.source.close();
    else await this.#closeAsEdit(paths);
  }

  /** Closes files so that they can be brought back, with what was set of the one that was shown. */
  async #closeAsEdit(paths: readonly string[]): Promise<void> {
    const before = this.edits.memento();
    const shown = before.path !== null && paths.includes(before.path) ? before.path : null;
    const closed = this.tray.files
      .map((file, at) => ({ file, at }))
      .filter(({ file }) => paths.includes(file.path));
    await this.#close(paths);
    this.edits.history.record({
      name: 'files',
      what: null,
      undo: async () => {
        this.tray.putBack(closed);
        if (shown === null) return;
        await this.show(shown);
        await this.edits.restore(before);
      },
      redo: () => this.#close(paths),
    });
  }

  async #close(paths: readonly string[]): Promise<void> {
    const { source, player } = this.subject;
    const shown = source.info?.path;
    const stays = this.tray.files.findIndex(({ path }) => path === shown);
    const next = [...this.tray.files.slice(stays + 1), ...this.tray.files.slice(0, Math.max(0, stays))].find(
      ({ path }) => !paths.includes(path),
    );
    for (const path of paths) this.tray.remove(path);
    if (shown === undefined || !paths.includes(shown)) return;
    if (next) await this.show(next.path);
    else {
      this.#leave();
      source.close();
      player.open(null, 0);
      this.strip.open(null);
    }
  }

  async #opening(opened: Promise<readonly string[]>): Promise<void> {
    const { source, player } = this.subject;
    const before = source.info;
    const paths = await opened;
    if (paths.length > 0) {
      this.tray.add(paths);
      void this.begin().catch(() => undefined);
    }
    const { info, seconds } = source;
    if (info === before) return;
    this.#leave();
    if (!info) return;
    this.tray.learn(info);
    player.open(info, seconds);
    this.viewport.fit();
    this.strip.open(info);
    await this.events.opened();
  }

  #leave(): void {
    this.edits.history.leaveFile();
    this.events.left();
  }
}
