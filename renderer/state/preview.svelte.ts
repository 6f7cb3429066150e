import {
  CancelledError,
  fromErrorData,
  type ClearcutApi,
  type ErrorData,
  type MediaInfo,
  type PreviewRequest,
  type StageRequest,
} from '../../app/shared';
import { Job } from './job.svelte';
import { plainError } from './plain-error';

/**
 * ```
 * idle → making → ready
 *   ↑       ├───→ failed
 *   └───────┘ (cancelled, or the settings changed)
 * ```
 */
export type PreviewPhase =
  | { readonly name: 'idle' }
  | { readonly name: 'making'; readonly job: Job }
  | { readonly name: 'ready'; readonly path: string; readonly before: string; readonly after: string }
  | { readonly name: 'failed'; readonly error: ErrorData };

/** Long enough to see motion, short enough to wait for. */
const PREVIEW_SECONDS = 1;

/**
 * A second of the video before and after, both made by the engine's own jobs: what stands in the file may be
 * nothing that a browser can play.
 */
export class Preview {
  phase = $state.raw<PreviewPhase>({ name: 'idle' });
  /** What is or was made: the settings and the place that it shows. */
  #of = '';
  /** Counts beginnings: what an earlier one still brings is dropped. */
  #turn = 0;
  /** Jobs that have not ended, cancelled ones too. */
  #jobs: readonly Job[] = [];

  constructor(private readonly host: ClearcutApi) {}

  /** The part around `seconds` through `stages`. */
  async make(info: MediaInfo, stages: readonly StageRequest[], seconds: number): Promise<void> {
    this.clear();
    const turn = this.#turn;
    this.#of = keyOf(info, stages, seconds);
    const part = { input: info.path, ...partAround(seconds, info.durationSeconds) };
    try {
      const before = await this.#clip({ ...part, stages: [asItIs(info)] }, turn);
      const after = await this.#clip({ ...part, stages }, turn).catch((error: unknown) => {
        URL.revokeObjectURL(before);
        throw error;
      });
      this.phase = { name: 'ready', path: info.path, before, after };
    } catch (error) {
      const data = plainError(error);
      if (turn === this.#turn) {
        this.phase = data.code === 'cancelled' ? { name: 'idle' } : { name: 'failed', error: data };
      }
    }
  }

  hear: Job['hear'] = (event) => {
    for (const job of this.#jobs) job.hear(event);
  };

  /** Drops what was made, or is being made, of other settings or another place. */
  keepFor(info: MediaInfo, stages: readonly StageRequest[] | null, seconds: number): void {
    if (this.phase.name === 'idle') return;
    if (stages === null || keyOf(info, stages, seconds) !== this.#of) this.clear();
  }

  /** Stops what is being made and forgets what was. */
  clear(): void {
    this.#turn += 1;
    const { phase } = this;
    this.phase = { name: 'idle' };
    if (phase.name === 'making') void phase.job.cancel();
    if (phase.name === 'ready') {
      for (const address of [phase.before, phase.after]) URL.revokeObjectURL(address);
    }
  }

  /** The address of a finished clip. @throws CancelledError where something else has begun since */
  async #clip(request: PreviewRequest, turn: number): Promise<string> {
    if (turn !== this.#turn) throw new CancelledError();
    const job = new Job(this.host, request.stages, () => this.host.startPreview(request));
    this.phase = { name: 'making', job };
    this.#jobs = [...this.#jobs, job];
    await job.start();
    // Cancelled before its number was known.
    if (turn !== this.#turn) void job.cancel();
    const end = await job.ended;
    this.#jobs = this.#jobs.filter((other) => other !== job);
    if (end.name === 'cancelled') throw new CancelledError();
    if (end.name === 'failed') throw fromErrorData(end.error);
    const bytes = await this.host.takePreview(job.id ?? '');
    if (turn !== this.#turn) throw new CancelledError();
    return URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'video/mp4' }));
  }
}

function keyOf({ path }: MediaInfo, stages: readonly StageRequest[], seconds: number): string {
  return JSON.stringify([path, seconds, stages]);
}

/** The second that has `seconds` in its middle, or as much of it as there is. */
function partAround(seconds: number, duration: number | null): { start: number; end: number } {
  const latest = Math.max(0, (duration ?? Infinity) - PREVIEW_SECONDS);
  const start = Math.max(0, Math.min(seconds - PREVIEW_SECONDS / 2, latest));
  return { start, end: start + PREVIEW_SECONDS };
}

/** A stage that changes nothing but the shape of pixels: bounds that no side has to grow for need no network. */
function asItIs({ video: { width, height, rotation } }: MediaInfo): StageRequest {
  const fit = rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  return { kind: 'enhance', fit };
}
