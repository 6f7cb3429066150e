import { reordered, runsOf, type QueueWish } from '../../../app/shared';
import { History, type Edit } from '../history';
import type { QueueEntry } from './queue-entry.svelte';
import type { Queue } from './queue.svelte';

/** Changes of the list of jobs that can be taken back. What runs, waits or is paused is no such change. */
export class QueueEdits {
  readonly history = new History();

  constructor(private readonly queue: Queue) {}

  /** Takes jobs out; what runs is stopped. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0 || !(await this.queue.ask({ kind: 'remove', ids }))) return;
    this.#record('removal', {
      undo: () => this.#ask({ kind: 'restore', ids }),
      redo: () => this.#ask({ kind: 'remove', ids }),
    });
  }

  /** Takes out all that is done. */
  async clearDone(): Promise<void> {
    await this.remove(this.queue.entries.filter(({ state }) => state === 'done').map(({ id }) => id));
  }

  /** Puts jobs in front of another one, or last. */
  async move(ids: readonly string[], before: string | null): Promise<void> {
    const { entries } = this.queue;
    const after = reordered(entries, ids, before);
    if (after.every((entry, index) => entry === entries[index])) return;
    const runs = runsOf(entries, ids);
    if (!(await this.queue.ask({ kind: 'move', ids, before }))) return;
    this.#record('order', {
      undo: async () => {
        // From behind: what each stood in front of is there again.
        for (const run of runs.toReversed()) await this.#ask({ kind: 'move', ...run });
      },
      redo: () => this.#ask({ kind: 'move', ids, before }),
    });
  }

  /** Moves what is selected by one place, or to an end. */
  async shift(ids: readonly string[], by: 'up' | 'down' | 'top' | 'bottom'): Promise<void> {
    const chosen = new Set(ids);
    const { entries } = this.queue;
    const first = entries.findIndex(({ id }) => chosen.has(id));
    const last = entries.findLastIndex(({ id }) => chosen.has(id));
    if (first < 0) return;
    const at = { up: first - 1, down: last + 2, top: 0, bottom: entries.length }[by];
    await this.move(ids, entries[Math.max(0, at)]?.id ?? null);
  }

  /** Other settings for jobs: what `wishOf` says of each, one after the other; null leaves one as it is. */
  async change(
    entries: readonly QueueEntry[],
    wishOf: (entry: QueueEntry) => Promise<QueueWish | null>,
  ): Promise<void> {
    const changes: { readonly entry: QueueEntry; readonly before: QueueEntry['item']; wish: QueueWish }[] =
      [];
    for (const entry of entries) {
      const before = entry.item;
      const wish = await wishOf(entry);
      if (wish && (await this.queue.ask({ kind: 'change', id: entry.id, wish })))
        changes.push({ entry, before, wish });
    }
    if (changes.length === 0) return;
    this.#record('jobs', {
      undo: async () => {
        for (const { entry, before } of changes) await this.#changeBack(entry, before);
      },
      redo: async () => {
        for (const { entry, wish } of changes)
          if (canChange(entry)) await this.#ask({ kind: 'change', id: entry.id, wish });
      },
    });
  }

  /** A job that has begun meanwhile stays as it is. */
  async #changeBack(entry: QueueEntry, { request, source, state }: QueueEntry['item']): Promise<void> {
    if (!canChange(entry)) return;
    const { id } = entry;
    await this.#ask({ kind: 'change', id, wish: { request, source } });
    // It waits now: what did not want to run before doesn't either.
    if (state !== 'waiting') await this.#ask({ kind: state === 'held' ? 'hold' : 'cancel', ids: [id] });
  }

  async #ask(command: Parameters<Queue['ask']>[0]): Promise<void> {
    await this.queue.ask(command);
  }

  #record(name: Edit['name'], ways: Pick<Edit, 'undo' | 'redo'>): void {
    this.history.record({ name, what: null, ...ways });
  }
}

function canChange({ state }: QueueEntry): boolean {
  return state !== 'running' && state !== 'done';
}
