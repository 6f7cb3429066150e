import {
  formatDuration,
  type JobProgress,
  type JobState,
  type StageChoice,
  type StageRequest,
  type StageTimings,
} from '../../app/shared';

/** What a job is doing, in a word. */
const STATE_WORDS: Readonly<Record<JobState, string>> = {
  waiting: 'Waiting',
  preparing: 'Preparing',
  running: 'Working',
  paused: 'Paused',
  finishing: 'Finishing',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** What a job with these stages is doing, in a word or two. */
export function stateWords(state: JobState, stages: readonly StageRequest[]): string {
  const [stage] = stages;
  if (state !== 'running' || stages.length !== 1 || !stage) return STATE_WORDS[state];
  if (stage.kind === 'enhance') return 'Enhancing';
  if (stage.kind === 'segment') return 'Cutting out';
  if (stage.slow !== undefined) return 'Slowing down';
  return stage.factor === undefined ? 'Deblurring' : 'Making it smoother';
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

/** `about 12 min`: rounded so that it stays steady while it is read. */
export function etaWords(seconds: number): string {
  if (seconds < 50) return `about ${Math.max(5, Math.ceil(seconds / 5) * 5)} s`;
  if (seconds < 3600) return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  const minutes = Math.round(seconds / 600) * 10;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours < 48) return rest === 0 ? `about ${hours} h` : `about ${hours} h ${rest} min`;
  return `about ${Math.round(hours / 24)} days`;
}

/** What a screen reader says of the bar: `42 percent, about 12 min left`. */
export function progressWords(progress: JobProgress): string {
  const parts = [
    progress.state === 'running' ? null : STATE_WORDS[progress.state].toLowerCase(),
    progress.fraction === null ? null : `${percentOf(progress.fraction)} percent`,
    progress.etaSeconds === null || progress.state !== 'running'
      ? null
      : `${etaWords(progress.etaSeconds)} left`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'Starting' : parts.join(', ');
}

/** One part of the pipeline and its share of the work. */
export interface WorkShare {
  readonly name: string;
  readonly label: string;
  readonly seconds: number;
  /** Of all parts together, 0 to 1. */
  readonly share: number;
}

const PARTS: Readonly<Record<string, string>> = {
  decode: 'Decode',
  interpolate: 'Motion',
  enhance: 'Enhance',
  segment: 'Cut out',
  encode: 'Encode',
};

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
    label: PARTS[name] ?? name,
    seconds,
    share: seconds / total,
  }));
}

/** `in 12 s, 8.4 fps`: how long a job took and how fast it was. */
export function speedWords(seconds: number, frames: number): string {
  const time = formatDuration(seconds);
  return frames > 1 && seconds > 0 ? `${time}, ${(frames / seconds).toFixed(1)} fps` : time;
}
