import { SvelteSet } from 'svelte/reactivity';
import {
  QUEUE_DEFAULTS,
  reordered,
  type ClearcutApi,
  type ErrorData,
  type QueueChange,
  type QueueCommand,
  type QueueEnd,
  type QueueItem,
  type QueueSettings,
  type QueueSnapshot,
  type QueueWish,
} from '../../../app/shared';
import { plainError } from '../plain-error';
import { QueueEdits } from './queue-edits';
import { QueueEntry } from './queue-entry.svelte';

export type QueueFilter = 'all' | 'open' | 'done' | 'failed';

/** The queue as the host tells it: nothing is shown that doesn't stand on its disk. */
export class Queue {
  entries = $state.raw<readonly QueueEntry[]>([]);
  settings = $state.raw<QueueSettings>(QUEUE_DEFAULTS);
  /** The computer runs on its battery. */
  onBattery = $state(false);
  /** Why the last change could not be made. */
  trouble = $state.raw<ErrorData | null>(null);
  filter = $state<QueueFilter>('all');
  /** How the queue ended the last time, for whoever does something then. */
  end = $state.raw<QueueEnd | null>(null);
  readonly selected = new SvelteSet<string>();
  /** Changes of the list that can be taken back. */
  readonly edits = new QueueEdits(this);
  readonly #byId = new Map<string, QueueEntry>();
  /** Counts by state, kept so that ten thousand rows are not counted at every change. */
  readonly counts = $derived.by(() => {
    const counts = { waiting: 0, running: 0, held: 0, done: 0, failed: 0, cancelled: 0 };
    for (const { state } of this.entries) counts[state] += 1;
    return counts;
  });
  readonly running = $derived(this.entries.find(({ running }) => running) ?? null);
  readonly shown = $derived.by(() => {
    if (this.filter === 'all') return this.entries;
    const wanted = FILTERS[this.filter];
    return this.entries.filter(({ state }) => wanted.includes(state));
  });

  constructor(private readonly host: ClearcutApi) {
    host.onQueueChange((change) => {
      this.hear(change);
    });
  }

  async begin(): Promise<void> {
    this.#take(await this.host.queue());
  }

  get(id: string): QueueEntry | null {
    return this.#byId.get(id) ?? null;
  }

  /** Exports stand still until the computer is plugged in. */
  get waitsForMains(): boolean {
    return this.settings.waitForMains && this.onBattery;
  }

  /** Jobs that still want to run. */
  get open(): number {
    const { waiting, running, held } = this.counts;
    return waiting + running + held;
  }

  get chosen(): readonly QueueEntry[] {
    return this.entries.filter(({ id }) => this.selected.has(id));
  }

  hear(change: QueueChange): void {
    switch (change.type) {
      case 'snapshot':
        this.#take(change.snapshot);
        break;
      case 'added':
        this.entries = [...this.entries, ...change.items.map((item) => this.#entry(item))];
        break;
      case 'changed':
        for (const item of change.items) this.#byId.get(item.id)?.take(item);
        break;
      case 'removed': {
        const gone = new Set(change.ids);
        this.entries = this.entries.filter(({ id }) => !gone.has(id));
        for (const id of change.ids) {
          this.#byId.delete(id);
          this.selected.delete(id);
        }
        break;
      }
      case 'moved':
        this.entries = reordered(this.entries, change.ids, change.before);
        break;
      case 'settings':
        this.settings = change.settings;
        break;
      case 'power':
        this.onBattery = change.onBattery;
        break;
      case 'progress': {
        const entry = this.#byId.get(change.id);
        if (entry) entry.progress = change.progress;
        break;
      }
      case 'note': {
        const entry = this.#byId.get(change.id);
        if (entry) entry.notes = [...entry.notes, change.note];
        break;
      }
      case 'ended':
        this.end = change.end;
        break;
    }
  }

  /** Ids of what was added; none where that failed, and `trouble` says why. */
  async add(wishes: readonly QueueWish[]): Promise<readonly string[]> {
    return (await this.ask({ kind: 'add', wishes })) ?? [];
  }

  async hold(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#stopping(id);
    await this.ask({ kind: 'hold', ids });
  }

  async release(ids: readonly string[]): Promise<void> {
    await this.ask({ kind: 'release', ids });
  }

  async cancel(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#stopping(id);
    await this.ask({ kind: 'cancel', ids });
  }

  async set(settings: Partial<QueueSettings>): Promise<void> {
    await this.ask({ kind: 'settings', settings: { ...this.settings, ...settings } });
  }

  select(id: string, on: boolean): void {
    if (on) this.selected.add(id);
    else this.selected.delete(id);
  }

  /** Everything from the row that was chosen last to this one. */
  selectTo(id: string): void {
    const { shown } = this;
    const to = shown.findIndex((entry) => entry.id === id);
    const from = shown.findLastIndex((entry) => this.selected.has(entry.id) && entry.id !== id);
    if (to < 0) return;
    const [low, high] = from < 0 ? [to, to] : from < to ? [from, to] : [to, from];
    for (const entry of shown.slice(low, high + 1)) this.selected.add(entry.id);
  }

  selectAll(on: boolean): void {
    this.selected.clear();
    if (on) for (const { id } of this.shown) this.selected.add(id);
  }

  /** Changes the queue: ids of what was added, or null where it can't be, and `trouble` says why. */
  async ask(command: QueueCommand): Promise<readonly string[] | null> {
    try {
      const ids = await this.host.changeQueue(command);
      this.trouble = null;
      return ids;
    } catch (error) {
      this.trouble = plainError(error);
      if (this.running) this.running.stopping = false;
      return null;
    }
  }

  log(id: string): Promise<string> {
    return this.host.queueLog(id);
  }

  #take({ items, settings, onBattery, progress }: QueueSnapshot): void {
    this.settings = settings;
    this.onBattery = onBattery;
    const entries = items.map((item) => {
      const known = this.#byId.get(item.id);
      known?.take(item);
      return known ?? this.#entry(item);
    });
    const there = new Set(items.map(({ id }) => id));
    for (const id of [...this.#byId.keys()]) if (!there.has(id)) this.#byId.delete(id);
    this.entries = entries;
    const running = progress && this.#byId.get(progress.id);
    if (running) running.progress = progress.progress;
  }

  #entry(item: QueueItem): QueueEntry {
    const entry = new QueueEntry(item);
    this.#byId.set(item.id, entry);
    return entry;
  }

  #stopping(id: string): void {
    const entry = this.#byId.get(id);
    if (entry?.running) entry.stopping = true;
  }
}

const FILTERS: Readonly<Record<Exclude<QueueFilter, 'all'>, readonly QueueItem['state'][]>> = {
  open: ['waiting', 'running', 'held'],
  done: ['done'],
  failed: ['failed', 'cancelled'],
};
