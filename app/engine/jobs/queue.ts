import { randomUUID } from 'node:crypto';
import { UserError, type JobRequest } from '../../shared';
import { Job, type JobContext } from './job';

/** Jobs one after the other; one that fails never stops the rest. */
export class JobQueue {
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  #running: Job | null = null;

  constructor(private readonly context: JobContext) {}

  /** Queues a job; it starts when those before it have ended. */
  add(request: JobRequest): string {
    const job = new Job(randomUUID(), request, this.context);
    this.#jobs.set(job.id, job);
    this.#waiting.push(job);
    // After the caller has the id, so that it knows whose events arrive.
    setImmediate(() => void this.#next());
    return job.id;
  }

  get(id: string): Job {
    const job = this.#jobs.get(id);
    if (!job) throw new UserError('bad-usage', 'That job has ended.');
    return job;
  }

  /** Cancels everything; resolves when all has ended. */
  async close(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all([...this.#jobs.values()].map((job) => job.cancel()));
  }

  async #next(): Promise<void> {
    if (this.#running) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#running = job;
    await job.run();
    this.#jobs.delete(job.id);
    this.#running = null;
    void this.#next();
  }
}
