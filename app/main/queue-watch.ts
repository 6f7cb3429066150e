import { isPending, standsStill, type QueueChange, type QueueSettings, type QueueSnapshot } from '../shared';

/** What the system should show and do while exports run. */
export interface WatchState {
  /** Jobs that have not ended; those that are held don't count. */
  readonly jobs: number;
  /** True while something computes: a queue that stands still lets the machine sleep. */
  readonly active: boolean;
  /** For the taskbar; null where nothing is under way. */
  readonly bar: { readonly fraction: number; readonly mode: 'normal' | 'paused' | 'indeterminate' } | null;
}

/** Follows the queue as a whole: its jobs since it was last empty are one piece of work. */
export class QueueWatch {
  /** Part done of each job of this round; those that ended count whole. */
  readonly #round = new Map<string, number | null>();
  readonly #open = new Set<string>();
  #running: string | null = null;
  #settings: QueueSettings;
  #onBattery: boolean;

  constructor(
    before: QueueSnapshot,
    private readonly changed: (state: WatchState) => void,
  ) {
    this.#settings = before.settings;
    this.#onBattery = before.onBattery;
    for (const item of before.items) if (isPending(item) && item.state !== 'held') this.#begin(item.id);
  }

  get state(): WatchState {
    const jobs = this.#open.size;
    if (jobs === 0) return { jobs, active: false, bar: null };
    const still = standsStill(this.#settings, this.#onBattery);
    const active = this.#running !== null && !still;
    const parts = [...this.#round.values()];
    const known = parts.some((part) => part !== null);
    const fraction = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0) / parts.length;
    if (this.#running === null && !known) return { jobs, active, bar: null };
    const mode = still ? 'paused' : known ? 'normal' : 'indeterminate';
    return { jobs, active, bar: { fraction, mode } };
  }

  hear(change: QueueChange): void {
    switch (change.type) {
      case 'added':
        // What was taken out and is put back may have ended before.
        for (const item of change.items) if (isPending(item) && item.state !== 'held') this.#begin(item.id);
        break;
      case 'changed':
        for (const { id, state } of change.items) {
          if (this.#running === id && state !== 'running') this.#running = null;
          if (state === 'running') this.#running = id;
          if (state === 'running' || state === 'waiting') this.#begin(id);
          else if (state === 'done' || state === 'failed') this.#end(id);
          else this.#forget(id);
        }
        break;
      case 'removed':
        for (const id of change.ids) this.#forget(id);
        break;
      case 'progress':
        this.#round.set(change.id, change.progress.fraction);
        break;
      case 'settings':
        this.#settings = change.settings;
        break;
      case 'power':
        this.#onBattery = change.onBattery;
        break;
      case 'snapshot':
      case 'moved':
      case 'note':
      case 'ended':
        return;
    }
    if (this.#open.size === 0) this.#round.clear();
    this.changed(this.state);
  }

  #begin(id: string): void {
    this.#open.add(id);
    if (!this.#round.has(id)) this.#round.set(id, null);
  }

  #end(id: string): void {
    this.#open.delete(id);
    this.#round.set(id, 1);
  }

  #forget(id: string): void {
    if (this.#running === id) this.#running = null;
    this.#open.delete(id);
    this.#round.delete(id);
  }
}
