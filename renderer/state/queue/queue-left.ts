import { framesIn, knownEstimate, type Speeds } from '../estimate';
import type { QueueEntry } from './queue-entry.svelte';

/** What is left of a queue. */
export interface QueueLeft {
  /** Seconds of all jobs that anything is known of; null while that is none. */
  readonly seconds: number | null;
  /** Jobs that nothing is known of yet: the time is at least what it says. */
  readonly unknown: number;
}

/** How long the jobs that wait still take on this machine. Of thousands: nothing here follows what runs. */
export function waitingLeft(entries: readonly QueueEntry[], speeds: Speeds): QueueLeft {
  let seconds = 0;
  let known = 0;
  let unknown = 0;
  for (const entry of entries) {
    if (entry.state !== 'waiting') continue;
    const left = estimateOf(entry.item, speeds);
    if (left === null) unknown += 1;
    else {
      known += 1;
      seconds += left;
    }
  }
  return { seconds: known > 0 ? seconds : null, unknown };
}

/** The same with the job that runs, by its own word where it has said one. */
export function queueLeft(waiting: QueueLeft, running: QueueEntry | null, speeds: Speeds): QueueLeft {
  if (!running) return waiting;
  const left = running.progress?.etaSeconds ?? estimateOf(running.item, speeds);
  return left === null
    ? { ...waiting, unknown: waiting.unknown + 1 }
    : { ...waiting, seconds: (waiting.seconds ?? 0) + left };
}

function estimateOf({ source, request, fraction }: QueueEntry['item'], speeds: Speeds): number | null {
  if (!source) return null;
  const frames = framesIn(source, request.start, request.end);
  const estimate = knownEstimate(speeds, source, request.stages, request.codec, frames);
  return estimate && estimate.high * (1 - (fraction ?? 0));
}
