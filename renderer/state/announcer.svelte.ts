import type { QueueChange } from '../../app/shared';
import { t } from '../words';
import { percentOf, progressWords } from '../words/progress-words';

/** Screen readers hear of progress this often, in percent. */
const STEP = 10;

/** What screen readers hear of exports: the start, every tenth of the way, the end. */
export class Announcer {
  spoken = $state('');
  #of: string | null = null;
  #step = 0;

  hear(change: QueueChange): void {
    if (change.type === 'progress') {
      if (this.#of !== change.id) return;
      const step = Math.floor(percentOf(change.progress.fraction ?? 0) / STEP);
      if (step <= this.#step) return;
      this.#step = step;
      this.spoken = progressWords(change.progress);
    } else if (change.type === 'changed') {
      for (const { id, state } of change.items) {
        if (state === 'running') {
          this.#of = id;
          this.#step = 0;
          this.spoken = t().job.spoken.started;
        } else if (id === this.#of) {
          this.#of = null;
          if (state === 'done' || state === 'failed' || state === 'cancelled')
            this.spoken = t().job.spoken[state];
        }
      }
    }
  }
}
