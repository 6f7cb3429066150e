import {
  QUEUE_VERSION,
  reordered,
  runsOf,
  UserError,
  type QueueChange,
  type QueueItem,
  type QueueSettings,
} from '../../shared';
import type { Kept } from '../kept-file';
import { readQueue } from './read-queue';
import { RemovedJobs } from './removed-jobs';

/**
 * The queue's jobs and settings as they stand on the disk. Changes are made one after the other, and each stands there
 * before anybody hears of it; one that can't be kept leaves all as it was.
 */
export class QueueList {
  #items: readonly QueueItem[];
  #settings: QueueSettings;
  readonly #removed = new RemovedJobs();
  readonly #listeners = new Set<(change: QueueChange) => void>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly kept: Kept,
    before: ReturnType<typeof readQueue>,
  ) {
    this.#items = before.items;
    this.#settings = before.settings;
  }

  static async open(kept: Kept): Promise<QueueList> {
    return new QueueList(kept, readQueue(await kept.read()));
  }

  get items(): readonly QueueItem[] {
    return this.#items;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** Jobs that were taken out and can be put back. */
  get removed(): Pick<RemovedJobs, 'find' | 'ids'> {
    return this.#removed;
  }

  onChange(listener: (change: QueueChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(change: QueueChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  async add(items: readonly QueueItem[]): Promise<void> {
    await this.#change(
      (before) => [...before, ...items],
      () => ({ type: 'added', items }),
    );
  }

  async move(ids: readonly string[], before: string | null): Promise<void> {
    await this.#change(
      (items) => reordered(items, ids, before),
      () => ({ type: 'moved', ids, before }),
    );
  }

  /** Changes each of some jobs. */
  async update(ids: readonly string[], edit: (item: QueueItem) => QueueItem): Promise<void> {
    if (ids.length === 0) return;
    const chosen = new Set(ids);
    let changed: readonly QueueItem[] = [];
    await this.#change(
      (items) => {
        const after = items.map((item) => (chosen.has(item.id) ? edit(item) : item));
        changed = after.filter((item, index) => item !== items[index]);
        return changed.length === 0 ? items : after;
      },
      () => ({ type: 'changed', items: changed }),
    );
  }

  /**
   * Takes jobs out, kept for a while as `left` makes of each; gives the ids of those that can't be put back any more.
   */
  async remove(ids: readonly string[], left: (item: QueueItem) => QueueItem): Promise<readonly string[]> {
    const chosen = new Set(ids);
    let before = this.#items;
    await this.#change(
      (items) => {
        before = items;
        return items.filter(({ id }) => !chosen.has(id));
      },
      () => ({ type: 'removed', ids }),
    );
    return this.#removed.keep(before.map(left), chosen);
  }

  /** Puts back what was taken out, where it stood. @throws UserError bad-usage where none can be put back any more */
  async putBack(ids: readonly string[]): Promise<void> {
    await this.#inTurn(async () => {
      const known = new Set(this.#removed.find(ids).map(({ id }) => id));
      if (known.size === 0) throw new UserError('bad-usage', 'These jobs can not be put back any more.');
      const after = this.#removed.putBack(this.#items, ids);
      await this.#save(after, this.#settings);
      this.#items = after;
      this.#removed.forget(ids);
      this.tell({ type: 'added', items: after.filter(({ id }) => known.has(id)) });
      // Added jobs stand last: from behind, each comes in front of what it stood in front of.
      for (const run of runsOf(after, [...known]).toReversed()) this.tell({ type: 'moved', ...run });
    });
  }

  async set(settings: QueueSettings): Promise<void> {
    await this.#inTurn(async () => {
      await this.#save(this.#items, settings);
      this.#settings = settings;
      this.tell({ type: 'settings', settings });
    });
  }

  /** Waits for changes that are being made, and keeps what `edit` makes of all jobs, of which nobody is told any more. */
  async close(edit: (item: QueueItem) => QueueItem): Promise<void> {
    await this.#turn.catch(() => undefined);
    this.#items = this.#items.map(edit);
    await this.#save(this.#items, this.#settings).catch(() => undefined);
  }

  #change(
    edit: (items: readonly QueueItem[]) => readonly QueueItem[],
    change: () => QueueChange,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const after = edit(this.#items);
      if (after === this.#items) return;
      await this.#save(after, this.#settings);
      // Whoever asks meanwhile is told what stands on the disk.
      this.#items = after;
      this.tell(change());
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.catch(() => undefined).then(work);
    this.#turn = done;
    return done;
  }

  #save(items: readonly QueueItem[], settings: QueueSettings): Promise<void> {
    return this.kept.write({ version: QUEUE_VERSION, settings, items });
  }
}
