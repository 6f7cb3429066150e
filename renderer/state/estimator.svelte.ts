import type { Codec, JobResult, MediaInfo, StageRequest } from '../../app/shared';
import {
  frameFactor,
  framesIn,
  knownEstimate,
  triedEstimate,
  triedSize,
  workKey,
  type Estimate,
  type Speeds,
} from './estimate';
import type { PreviewJobs } from './preview-jobs';
import { sourceFacts } from './source-facts';

/** Enough frames that a beginning doesn't count, few enough to be done at once. */
const TRIAL_FRAMES = 8;
/** Waits for a moment without changes: the machine is the user's. */
const REST_MS = 900;

/** What the whole job would cost. */
export interface Cost {
  readonly time: Estimate | null;
  readonly bytes: number | null;
}

/** Settings as an estimate asks for them. */
export interface Work {
  readonly info: MediaInfo;
  readonly stages: readonly StageRequest[];
  readonly codec: Codec;
  readonly crf: number | null;
  /** Of the file, or a second of it, where one of them is asked for. */
  readonly bytes: number | null;
  readonly bits: number | null;
  readonly start?: number;
  readonly end?: number;
}

/** What an export would take: by jobs of its kind that ran here, else by a few frames of this very file. */
export class Estimator {
  trying = $state(false);
  #trial = $state.raw<{ readonly key: string; readonly result: JobResult } | null>(null);
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly jobs: PreviewJobs,
    private readonly discard: (id: string) => Promise<unknown>,
  ) {}

  /** Tries a few frames where nothing better is known, once nothing changes any more. */
  prepare(work: Work | null, speeds: Speeds, allowed: boolean): void {
    this.stop();
    if (!work || !allowed || work.info.kind === 'still' || this.#trial?.key === keyOf(work)) return;
    const known = workKey(work.stages, work.codec) in speeds;
    // Sizes are only known by trying, too.
    const { signal } = this.#abort;
    this.#timer = setTimeout(() => void this.#try(work, signal), known ? REST_MS * 2 : REST_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.trying = false;
  }

  cost(work: Work, speeds: Speeds): Cost {
    const source = sourceFacts(work.info);
    const frames = framesIn(source, work.start, work.end);
    const trial = this.#trial?.key === keyOf(work) ? this.#trial.result : null;
    const known = knownEstimate(speeds, source, work.stages, work.codec, frames);
    if (frames === null) return { time: null, bytes: null };
    return {
      time: known ?? (trial && triedEstimate(trial, work.stages, frames)),
      bytes:
        askedSize(work, frames) ??
        (trial && triedSize(trial, work.codec, work.crf, frames * frameFactor(work.stages))),
    };
  }

  async #try(work: Work, signal: AbortSignal): Promise<void> {
    this.trying = true;
    const { info, stages } = work;
    const rate = info.video.frameRate ? info.video.frameRate.num / info.video.frameRate.den : 25;
    const start = (work.start ?? 0) + (info.durationSeconds ?? 0) * 0.3;
    const seconds = Math.min(2, TRIAL_FRAMES / rate);
    try {
      const last = Math.max(0, (info.durationSeconds ?? seconds) - seconds);
      const from = Math.min(start, last);
      const made = await this.jobs.run(
        { input: info.path, stages, start: from, end: from + seconds },
        signal,
      );
      await this.discard(made.id);
      if (!signal.aborted) this.#trial = { key: keyOf(work), result: made.result };
    } catch {
      // No estimate then: the export itself says what is wrong.
    } finally {
      if (!signal.aborted) this.trying = false;
    }
  }
}

function keyOf({ info, stages }: Work): string {
  return JSON.stringify([info.path, stages]);
}

/** Bytes of a result whose size or bit rate is asked for; null where neither is, or its length isn't known. */
function askedSize({ info, stages, bytes, bits }: Work, frames: number): number | null {
  if (bytes !== null) return bytes;
  const { frameRate } = info.video;
  if (bits === null || frameRate === null) return null;
  const slow = stages.reduce(
    (all, stage) => (stage.kind === 'interpolate' ? all * (stage.slow ?? 1) : all),
    1,
  );
  return (bits / 8) * slow * ((frames * frameRate.den) / frameRate.num);
}
