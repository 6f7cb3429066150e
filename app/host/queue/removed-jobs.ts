import type { QueueItem } from '../../shared';

/** Nobody takes more back, and a job is about a thousand bytes. */
const MOST_KEPT = 20_000;

interface Removed {
  readonly item: QueueItem;
  /** The job that came after it; null for the last one. */
  readonly before: string | null;
}

/** Jobs that were taken out of the queue, and where they stood, for as long as they may be wanted back. */
export class RemovedJobs {
  readonly #jobs = new Map<string, Removed>();

  constructor(private readonly most = MOST_KEPT) {}

  /** Ids of all that are kept. */
  get ids(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /** Keeps those of `items` that are taken out. Gives the ids of those that nobody gets back any more. */
  keep(items: readonly QueueItem[], taken: ReadonlySet<string>): readonly string[] {
    for (const [at, item] of items.entries()) {
      if (taken.has(item.id)) this.#jobs.set(item.id, { item, before: items[at + 1]?.id ?? null });
    }
    const gone = this.ids.slice(0, Math.max(0, this.#jobs.size - this.most));
    for (const id of gone) this.#jobs.delete(id);
    return gone;
  }

  /** Those of `ids` that can be had back. */
  find(ids: readonly string[]): readonly QueueItem[] {
    return ids.flatMap((id) => this.#jobs.get(id)?.item ?? []);
  }

  /** `items` with those of `ids` in front of what they stood in front of, else last. */
  putBack(items: readonly QueueItem[], ids: readonly string[]): readonly QueueItem[] {
    const wanted = new Set(ids);
    const list = [...items];
    // From behind, as they were kept: what one stood in front of may itself come back.
    for (const [id, { item, before }] of [...this.#jobs].reverse()) {
      if (!wanted.has(id)) continue;
      const at = before === null ? -1 : list.findIndex((other) => other.id === before);
      list.splice(at < 0 ? list.length : at, 0, item);
    }
    return list;
  }

  /** They are in the queue again. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#jobs.delete(id);
  }
}
