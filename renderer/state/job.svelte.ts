import type {
  ClearcutApi,
  ErrorData,
  JobEvent,
  JobProgress,
  JobResult,
  StageRequest,
} from '../../app/shared';
import { percentOf } from '../words/progress-words';
import { plainError } from './plain-error';

export type JobEnd =
  | { readonly name: 'done'; readonly result: JobResult }
  | { readonly name: 'failed'; readonly error: ErrorData }
  | { readonly name: 'cancelled' };

/** A preview's job, from the click to its end. */
export class Job {
  progress = $state.raw<JobProgress | null>(null);
  end = $state.raw<JobEnd | null>(null);
  /** How it ended, once it has. */
  readonly ended: Promise<JobEnd>;
  #resolve: (end: JobEnd) => void = () => undefined;
  #id: string | null = null;
  /** Events may come before the answer that says which job is ours. */
  readonly #early: JobEvent[] = [];

  constructor(
    private readonly host: Pick<ClearcutApi, 'cancel'>,
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

  /** Whole percent, null while nothing is known. */
  get percent(): number | null {
    const fraction = this.progress?.fraction ?? null;
    return fraction === null ? null : percentOf(fraction);
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
        break;
      case 'note':
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

  /** A job may end in the very moment it is stopped; its last event tells how, not the answer. */
  async cancel(): Promise<void> {
    if (this.#id === null || this.end !== null) return;
    try {
      await this.host.cancel(this.#id);
    } catch (error) {
      const data = plainError(error);
      if (data.code === 'engine-lost') this.#finish({ name: 'failed', error: data });
    }
  }

  #finish(end: JobEnd): void {
    if (this.end !== null) return;
    this.end = end;
    this.#resolve(end);
  }
}
