import {
  formatSize,
  type JobProgress,
  type JobState,
  type StageChoice,
  type StageRequest,
  type StageTimings,
} from '../../app/shared';
import { t } from '.';
import { durationWords, etaWords } from './time-words';

/** What a job with these stages is doing, in a word or two. */
export function stateWords(state: JobState, stages: readonly StageRequest[]): string {
  const words = t().job;
  const [stage] = stages;
  if (state !== 'running' || stages.length !== 1 || !stage) return words.states[state];
  if (stage.kind === 'enhance') return words.enhancing;
  if (stage.kind === 'segment') return words.cuttingOut;
  if (stage.slow !== undefined) return words.slowing;
  return stage.factor === undefined ? words.deblurring : words.smoothing;
}

/** `AdderSR light ×2: about 31 frames a second here, 25 wished.` */
export function choiceWords({ title, reason }: StageChoice): string {
  // The title tells the size already.
  const [, rest] = /^(?:fast|light|standard): (.*)$/.exec(reason) ?? [];
  return rest === undefined ? `${title}. ${reason}` : `${title}: ${rest}`;
}

/** Whole percent; 100 only when the job says so itself. */
export function percentOf(fraction: number): number {
  return Math.min(99, Math.floor(fraction * 100));
}

/** What a screen reader says of the bar: `42 percent, about 12 min left`. */
export function progressWords(progress: JobProgress): string {
  const words = t().job;
  const parts = [
    progress.state === 'running' ? null : words.states[progress.state].toLowerCase(),
    progress.fraction === null ? null : words.percentSpoken(percentOf(progress.fraction)),
    progress.etaSeconds === null || progress.state !== 'running'
      ? null
      : words.left(etaWords(progress.etaSeconds)),
  ].filter((part) => part !== null);
  return parts.length === 0 ? words.starting : t().facts.join(parts);
}

/** One part of the pipeline and its share of the work. */
export interface WorkShare {
  readonly name: string;
  readonly label: string;
  readonly seconds: number;
  /** Of all parts together, 0 to 1. */
  readonly share: number;
}

/** How the work divides among the parts; empty until there is something to divide. */
export function workShares(timings: StageTimings): WorkShare[] {
  const parts = [
    ['decode', timings.decode],
    ...Object.entries(timings.stages),
    ['encode', timings.encode],
  ] as const satisfies readonly (readonly [string, number])[];
  const total = parts.reduce((sum, [, seconds]) => sum + seconds, 0);
  if (total <= 0) return [];
  return parts.map(([name, seconds]) => ({
    name,
    label: t().job.parts[name] ?? name,
    seconds,
    share: seconds / total,
  }));
}

/** `in 12 s, 8.4 fps`: how long a job took and how fast it was. */
export function speedWords(seconds: number, frames: number): string {
  const time = durationWords(seconds);
  return frames > 1 && seconds > 0
    ? t().facts.join([time, t().facts.fps((frames / seconds).toFixed(1))])
    : time;
}

/** `3.4 MB of about 45.0 MB`, as soon as that is known. */
export function writtenWords(progress: JobProgress | null | undefined): string {
  const written = formatSize(progress?.bytesWritten ?? 0);
  const expected = progress?.expectedBytes ?? null;
  return expected === null ? written : t().job.writtenOf(written, formatSize(expected));
}
