/** What was changed, as it is named where it can be taken back. */
export type EditName = 'settings' | 'steps' | 'part' | 'objects' | 'files' | 'removal' | 'order' | 'jobs';

/** A change that can be taken back and made again. */
export interface Edit {
  readonly name: EditName;
  /** What exactly it changed: the next change of the very same, at once, is part of this one. Null for one by itself. */
  readonly what: string | null;
  /** True where it means nothing once another file is open. */
  readonly ofFile?: boolean;
  undo(): Promise<void> | void;
  redo(): Promise<void> | void;
}

/** Nobody goes back further, and each may hold what a long look found. */
const MOST_EDITS = 200;
/** A slider that moves again within this time moves on. */
const SAME_MOVE_MS = 1000;

/** Changes in the order that they were made, to be taken back one by one. */
export class History {
  #done = $state.raw<readonly Edit[]>([]);
  #undone = $state.raw<readonly Edit[]>([]);
  /** When the last one was made; null where nothing can be part of it any more. */
  #lastAt: number | null = null;
  /** One after the other: some ask a host. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The change that would be taken back, or null. */
  get last(): Edit | null {
    return this.#done.at(-1) ?? null;
  }

  /** The change that would be made again, or null. */
  get next(): Edit | null {
    return this.#undone.at(-1) ?? null;
  }

  /** Keeps a change that was made; what had been taken back before can't be made again then. */
  record(edit: Edit): void {
    const { last } = this;
    const now = this.now();
    const goesOn =
      last !== null &&
      edit.what !== null &&
      last.what === edit.what &&
      this.#lastAt !== null &&
      now - this.#lastAt < SAME_MOVE_MS;
    this.#done = goesOn
      ? [...this.#done.slice(0, -1), { ...edit, undo: () => last.undo() }]
      : [...this.#done, edit].slice(-MOST_EDITS);
    this.#undone = [];
    this.#lastAt = now;
  }

  /** Takes the last change back and gives it, or null where there is none. */
  undo(): Promise<Edit | null> {
    return this.#inTurn(async () => {
      const { last } = this;
      if (!last) return null;
      this.#done = this.#done.slice(0, -1);
      this.#undone = [...this.#undone, last];
      await last.undo();
      return last;
    });
  }

  /** Makes again what was taken back last and gives it, or null where there is nothing. */
  redo(): Promise<Edit | null> {
    return this.#inTurn(async () => {
      const { next } = this;
      if (!next) return null;
      this.#undone = this.#undone.slice(0, -1);
      this.#done = [...this.#done, next];
      await next.redo();
      return next;
    });
  }

  /** Another file is open: what was about the other one alone is gone. */
  leaveFile(): void {
    this.#done = this.#done.filter(({ ofFile }) => !ofFile);
    this.#undone = this.#undone.filter(({ ofFile }) => !ofFile);
    this.#lastAt = null;
  }

  #inTurn(work: () => Promise<Edit | null>): Promise<Edit | null> {
    this.#lastAt = null;
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
