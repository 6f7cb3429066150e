import {
  CancelledError,
  fromErrorData,
  type ClearcutApi,
  type JobEvent,
  type JobResult,
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
  async run(
    request: PreviewRequest,
    signal: AbortSignal,
    begun: (job: Job) => void = () => undefined,
  ): Promise<MadePreview> {
    if (signal.aborted) throw new CancelledError();
    const job = new Job(this.host, request.stages, () =>
      this.host.startPreview({ ...request, of: this.part() }),
    );
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
