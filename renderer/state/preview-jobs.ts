import {
  CancelledError,
  fromErrorData,
  type ClearcutApi,
  type JobEvent,
  type JobResult,
  type ObjectsRequest,
  type PreviewRequest,
} from '../../app/shared';
import { Job } from './job.svelte';

/** A preview that is through: its number, to fetch it by, and what the engine says of it. */
export interface MadePreview {
  readonly id: string;
  readonly result: JobResult;
}

/** The previews of a window: each is told what it hears. */
export class PreviewJobs {
  #jobs: readonly Job[] = [];

  /** `part` is what an export would be about now. */
  constructor(
    private readonly host: ClearcutApi,
    private readonly part: () => NonNullable<PreviewRequest['of']>,
  ) {
    host.onJobEvent((event) => {
      this.hear(event);
    });
  }

  hear(event: JobEvent): void {
    for (const job of this.#jobs) job.hear(event);
  }

  /**
   * Runs a preview to its end; `begun` hears of its job, to show it. @throws CancelledError where `signal` is aborted, and
   * what the engine says
   */
  run(
    request: PreviewRequest,
    signal: AbortSignal,
    begun: (job: Job) => void = () => undefined,
  ): Promise<MadePreview> {
    const start = (): Promise<string> => this.host.startPreview({ ...request, of: this.part() });
    return this.#run(new Job(this.host, request.stages, start), signal, begun);
  }

  /** Looks for objects to the end of what is asked for; otherwise as `run`. */
  look(
    request: ObjectsRequest,
    signal: AbortSignal,
    begun: (job: Job) => void = () => undefined,
  ): Promise<MadePreview> {
    return this.#run(new Job(this.host, [], () => this.host.startObjects(request)), signal, begun);
  }

  async #run(job: Job, signal: AbortSignal, begun: (job: Job) => void): Promise<MadePreview> {
    if (signal.aborted) throw new CancelledError();
    const stop = (): void => void job.cancel();
    signal.addEventListener('abort', stop, { once: true });
    this.#jobs = [...this.#jobs, job];
    begun(job);
    try {
      await job.start();
      // Stopped before its number was known.
      if (signal.aborted) stop();
      const end = await job.ended;
      if (end.name === 'failed') throw fromErrorData(end.error);
      if (end.name === 'cancelled') throw new CancelledError();
      const made = { id: job.id ?? '', result: end.result };
      if (!signal.aborted) return made;
      // It was through before it could be stopped: nobody takes it any more.
      await this.host.takePreview(made.id).catch(() => undefined);
      throw new CancelledError();
    } finally {
      this.#jobs = this.#jobs.filter((other) => other !== job);
      signal.removeEventListener('abort', stop);
    }
  }
}
