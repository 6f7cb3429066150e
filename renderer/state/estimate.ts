import type { Codec, JobResult, QueueItem, SourceFacts, StageRequest } from '../../app/shared';

/** Seconds of this machine per million pixels that go in, by what is done with them. */
export type Speeds = Readonly<Record<string, number>>;

/** How long a job takes: from one of its kind that ran here, or between two bounds. */
export interface Estimate {
  readonly low: number;
  readonly high: number;
}

/** What costs time: the steps and the codec, not where the file is or what it is called. */
export function workKey(stages: readonly StageRequest[], codec: Codec): string {
  const kind = (key: string, value: unknown): unknown => (key === 'objects' ? undefined : value);
  return JSON.stringify([stages, codec], kind).slice(0, 400);
}

/** Frames out for one in. */
export function frameFactor(stages: readonly StageRequest[]): number {
  return stages.reduce(
    (all, stage) => (stage.kind === 'interpolate' ? all * (stage.factor ?? 1) * (stage.slow ?? 1) : all),
    1,
  );
}

/** A million pixels that go in, for so many frames. */
function load({ width, height }: Pick<SourceFacts, 'width' | 'height'>, frames: number): number {
  return (width * height * frames) / 1e6;
}

/** Shorter runs are mostly beginnings. */
const LEAST_SECONDS = 3;

/** What a job that is done tells of this machine; null where it was too short to tell. */
export function speedOf({
  source,
  request,
  result,
}: Pick<QueueItem, 'source' | 'request' | 'result'>): number | null {
  if (!source || !result || result.seconds < LEAST_SECONDS) return null;
  const pixels = load(source, result.framesThisRun / frameFactor(request.stages));
  return pixels > 0 ? result.seconds / pixels : null;
}

/** Frames that go in, of all or of the part from `start` to `end`. */
export function framesIn(source: SourceFacts, start?: number, end?: number): number | null {
  if (source.kind === 'still') return 1;
  const { frames, seconds } = source;
  if (frames === null || seconds === null || seconds <= 0) return frames;
  const part = Math.max(0, Math.min(end ?? seconds, seconds) - (start ?? 0)) / seconds;
  return frames * Math.min(1, part);
}

/** Seconds of a whole job by what jobs like it took; null where there was none. */
export function knownEstimate(
  speeds: Speeds,
  source: SourceFacts,
  stages: readonly StageRequest[],
  codec: Codec,
  frames: number | null,
): Estimate | null {
  const speed = speeds[workKey(stages, codec)];
  if (speed === undefined || frames === null) return null;
  const seconds = speed * load(source, frames);
  return { low: seconds, high: seconds };
}

/**
 * Seconds of a whole job by a few of its frames: decoding, stages and encoding overlap, so it takes as long as the longest
 * of them at least, and as all of them together at most.
 */
export function triedEstimate(trial: JobResult, stages: readonly StageRequest[], frames: number): Estimate {
  const tried = Math.max(1, trial.frames / frameFactor(stages));
  const parts = [trial.timings.decode, ...Object.values(trial.timings.stages), trial.timings.encode];
  const each = frames / tried;
  return {
    low: Math.max(...parts) * each,
    high: parts.reduce((sum, part) => sum + part, 0) * each,
  };
}

/** Bits that a codec takes beside H.264 at its usual quality; rules of thumb for what a disk must hold. */
const SIZE_BESIDE_H264: Readonly<Record<Codec, number>> = {
  h264: 1,
  hevc: 0.6,
  vp9: 0.65,
  av1: 0.5,
  prores: 12,
  ffv1: 20,
};
/** Usual CRF of the trial, and how much of it halves a file. */
const TRIAL_CRF = 18;
const CRF_HALVES = 6;
const USUAL_CRF: Readonly<Partial<Record<Codec, number>>> = { h264: 18, hevc: 20, vp9: 24, av1: 28 };

/** Bytes of a result by a few of its frames. */
export function triedSize(trial: JobResult, codec: Codec, crf: number | null, framesOut: number): number {
  const each = trial.sizeBytes / Math.max(1, trial.frames);
  const usual = USUAL_CRF[codec] ?? TRIAL_CRF;
  const quality = crf === null ? 1 : 2 ** ((usual - crf) / CRF_HALVES);
  return each * framesOut * SIZE_BESIDE_H264[codec] * quality;
}
