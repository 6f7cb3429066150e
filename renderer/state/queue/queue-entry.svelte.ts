import {
  fileNameOf,
  type ErrorData,
  type JobProgress,
  type JobResult,
  type QueueItem,
  type StageRequest,
} from '../../../app/shared';
import { progressWords, percentOf } from '../../words/progress-words';
import { t } from '../../words';

/** A job of the queue as a row shows it. Progress changes one row, never the list. */
export class QueueEntry {
  item = $state.raw<QueueItem>() as QueueItem;
  progress = $state.raw<JobProgress | null>(null);
  notes = $state.raw<readonly string[]>([]);
  /** Between the click on Cancel or Pause and the word that it stands still. */
  stopping = $state(false);
  readonly id: string;

  constructor(item: QueueItem) {
    this.id = item.id;
    this.item = item;
  }

  take(item: QueueItem): void {
    this.item = item;
    if (item.state !== 'running') {
      this.progress = null;
      this.stopping = false;
    }
  }

  get state(): QueueItem['state'] {
    return this.item.state;
  }

  get name(): string {
    return fileNameOf(this.item.request.input);
  }

  get outputName(): string {
    return fileNameOf(this.item.request.output);
  }

  /** Seconds of the source that the job is about; null where its length isn't known. */
  get seconds(): number | null {
    const { source, request } = this.item;
    const length = source?.seconds ?? null;
    if (length === null) return null;
    return Math.max(0, Math.min(request.end ?? length, length) - (request.start ?? 0));
  }

  get stages(): readonly StageRequest[] {
    return this.item.request.stages;
  }

  get result(): JobResult | null {
    return this.item.result;
  }

  /** All files that it wrote. */
  get outputs(): readonly string[] {
    return this.result ? (this.result.files ?? [this.result.output]) : [];
  }

  get error(): ErrorData | null {
    return this.item.error;
  }

  get running(): boolean {
    return this.state === 'running';
  }

  /** Jobs that have run and will not by themselves again. */
  get ended(): boolean {
    return this.state === 'done' || this.state === 'failed' || this.state === 'cancelled';
  }

  /** Part that is done, 0 to 1; null where nobody knows. */
  get fraction(): number | null {
    return this.progress?.fraction ?? this.item.fraction;
  }

  get percent(): number | null {
    const { fraction } = this;
    if (fraction === null) return null;
    return this.state === 'done' ? 100 : percentOf(fraction);
  }

  /** What a screen reader says of the bar. */
  get words(): string {
    if (this.stopping) return t().job.stopping;
    return this.progress ? progressWords(this.progress) : t().job.starting;
  }
}
