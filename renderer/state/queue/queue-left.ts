import { framesIn, knownEstimate, type Speeds } from '../estimate';
import type { QueueEntry } from './queue-entry.svelte';

/** What is left of a queue. */
export interface QueueLeft {
  /** Seconds of all jobs that anything is known of; null while that is none. */
  readonly seconds: number | null;
  /** Jobs that nothing is known of yet: the time is at least what it says. */
  readonly unknown: number;
}

/** How long the jobs that wait and run still take on this machine. */
export function queueLeft(entries: readonly QueueEntry[], speeds: Speeds): QueueLeft {
  let seconds = 0;
  let known = 0;
  let unknown = 0;
  for (const { item, progress, state } of entries) {
    if (state !== 'waiting' && state !== 'running') continue;
    const left = progress?.etaSeconds ?? estimateOf(item, speeds);
    if (left === null) unknown += 1;
    else {
      known += 1;
      seconds += left;
    }
  }
  return { seconds: known > 0 ? seconds : null, unknown };
}

function estimateOf({ source, request, fraction }: QueueEntry['item'], speeds: Speeds): number | null {
  if (!source) return null;
  const frames = framesIn(source, request.start, request.end);
  const estimate = knownEstimate(speeds, source, request.stages, request.codec, frames);
  return estimate && estimate.high * (1 - (fraction ?? 0));
}
