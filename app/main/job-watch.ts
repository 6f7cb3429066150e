import type { JobEvent, JobProgress } from '../shared';

/** What the system should show and do while jobs run. */
export interface WatchState {
  /** Jobs that have not ended. */
  readonly jobs: number;
  /** True while something computes: paused and waiting jobs let the machine sleep. */
  readonly active: boolean;
  /** For the taskbar; null where nothing is under way. */
  readonly bar: { readonly fraction: number; readonly mode: 'normal' | 'paused' | 'indeterminate' } | null;
}

/** Follows all jobs, whichever window started them. */
export class JobWatch {
  readonly #jobs = new Map<string, JobProgress | null>();

  constructor(private readonly changed: (state: WatchState) => void) {}

  get state(): WatchState {
    const progress = [...this.#jobs.values()].filter((value) => value !== null);
    const active = progress.some(({ state }) => state !== 'paused' && state !== 'waiting');
    if (this.#jobs.size === 0) return { jobs: 0, active: false, bar: null };
    const known = progress.map(({ fraction }) => fraction).filter((fraction) => fraction !== null);
    const fraction = known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / this.#jobs.size;
    const mode = known.length === 0 ? 'indeterminate' : active ? 'normal' : 'paused';
    return { jobs: this.#jobs.size, active, bar: { fraction, mode } };
  }

  hear(event: JobEvent): void {
    if (event.type === 'note') return;
    if (event.type === 'progress') this.#jobs.set(event.jobId, event.progress);
    else this.#jobs.delete(event.jobId);
    this.changed(this.state);
  }
}
