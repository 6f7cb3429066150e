import type {
  ClearcutApi,
  ErrorData,
  JobEvent,
  JobProgress,
  JobResult,
  StageRequest,
} from '../../app/shared';
import { percentOf, progressWords } from '../words/progress-words';
import { plainError } from './plain-error';

export type JobEnd =
  | { readonly name: 'done'; readonly result: JobResult }
  | { readonly name: 'failed'; readonly error: ErrorData }
  | { readonly name: 'cancelled' };

/** Screen readers hear of progress this often, in percent. */
const SPOKEN_STEP = 10;

/** One export or preview, from the click to its end. */
export class Job {
  progress = $state.raw<JobProgress | null>(null);
  notes = $state.raw<readonly string[]>([]);
  end = $state.raw<JobEnd | null>(null);
  /** Between the click on Cancel and the engine's word that it has ended. */
  stopping = $state(false);
  /** For the live region: the start, every tenth of the way, the end. */
  spoken = $state('Export started.');
  /** How it ended, once it has. */
  readonly ended: Promise<JobEnd>;
  #resolve: (end: JobEnd) => void = () => undefined;
  #id: string | null = null;
  #spokenStep = 0;
  /** Events may come before the answer that says which job is ours. */
  readonly #early: JobEvent[] = [];

  constructor(
    private readonly host: ClearcutApi,
    readonly stages: readonly StageRequest[],
    /** Asks the host for it and gives its number. */
    private readonly begin: () => Promise<string>,
  ) {
    this.ended = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** Null until the host has told it. */
  get id(): string | null {
    return this.#id;
  }

  get running(): boolean {
    return this.end === null;
  }

  get paused(): boolean {
    return this.progress?.state === 'paused';
  }

  /** Pausing is between frames: before the first and after the last there is nothing to pause. */
  get canPause(): boolean {
    return this.progress?.state === 'running' || this.paused;
  }

  /** Whole percent, null while nothing is known. */
  get percent(): number | null {
    const fraction = this.progress?.fraction ?? null;
    return fraction === null ? null : percentOf(fraction);
  }

  get words(): string {
    if (this.stopping) return 'Stopping';
    return this.progress ? progressWords(this.progress) : 'Starting';
  }

  async start(): Promise<void> {
    try {
      this.#id = await this.begin();
      for (const event of this.#early.splice(0)) this.hear(event);
    } catch (error) {
      this.#finish({ name: 'failed', error: plainError(error) });
    }
  }

  hear(event: JobEvent): void {
    if (this.#id === null) {
      this.#early.push(event);
      return;
    }
    if (event.jobId !== this.#id || this.end !== null) return;
    switch (event.type) {
      case 'progress':
        this.progress = event.progress;
        this.#speak();
        break;
      case 'note':
        this.notes = [...this.notes, event.note];
        break;
      case 'done':
        this.#finish({ name: 'done', result: event.result });
        break;
      case 'failed':
        this.#finish({ name: 'failed', error: event.error });
        break;
      case 'cancelled':
        this.#finish({ name: 'cancelled' });
        break;
    }
  }

  async togglePause(): Promise<void> {
    if (this.#id === null || !this.canPause) return;
    await this.#ask(this.paused ? this.host.unpause(this.#id) : this.host.pause(this.#id));
  }

  async cancel(): Promise<void> {
    if (this.#id === null || this.stopping) return;
    this.stopping = true;
    await this.#ask(this.host.cancel(this.#id));
    this.stopping = false;
  }

  /** A job may end in the very moment it is asked something; its last event tells how, not the answer. */
  async #ask(answer: Promise<void>): Promise<void> {
    try {
      await answer;
    } catch (error) {
      const data = plainError(error);
      if (data.code === 'engine-lost') this.#finish({ name: 'failed', error: data });
    }
  }

  #speak(): void {
    const step = Math.floor((this.percent ?? 0) / SPOKEN_STEP);
    if (step <= this.#spokenStep) return;
    this.#spokenStep = step;
    this.spoken = this.words;
  }

  #finish(end: JobEnd): void {
    if (this.end !== null) return;
    this.end = end;
    this.#resolve(end);
    this.spoken = {
      done: 'Export finished.',
      failed: 'Export failed.',
      cancelled: 'Export cancelled.',
    }[end.name];
  }
}
