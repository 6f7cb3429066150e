import {
  CancelledError,
  type ClearcutApi,
  type ErrorData,
  type MediaInfo,
  type PreviewRequest,
  type StageRequest,
} from '../../app/shared';
import type { Job } from './job.svelte';
import { plainError } from './plain-error';
import type { PreviewJobs } from './preview-jobs';

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
  #abort = new AbortController();

  constructor(
    private readonly host: ClearcutApi,
    private readonly jobs: PreviewJobs,
  ) {}

  /** The part around `seconds` through `stages`, beside `against` or the video as it is. */
  async make(
    info: MediaInfo,
    stages: readonly StageRequest[],
    seconds: number,
    against: readonly StageRequest[] | null = null,
  ): Promise<void> {
    this.clear();
    const { signal } = this.#abort;
    this.#of = keyOf(info, stages, seconds);
    const part = { input: info.path, ...partAround(seconds, info.durationSeconds) };
    try {
      const before = await this.#clip({ ...part, stages: against ?? [asItIs(info)] }, signal);
      const after = await this.#clip({ ...part, stages }, signal).catch((error: unknown) => {
        URL.revokeObjectURL(before);
        throw error;
      });
      this.phase = { name: 'ready', path: info.path, before, after };
    } catch (error) {
      const data = plainError(error);
      if (!signal.aborted) {
        this.phase = data.code === 'cancelled' ? { name: 'idle' } : { name: 'failed', error: data };
      }
    }
  }

  /** Drops what was made, or is being made, of other settings or another place. */
  keepFor(info: MediaInfo, stages: readonly StageRequest[] | null, seconds: number): void {
    if (this.phase.name === 'idle') return;
    if (stages === null || keyOf(info, stages, seconds) !== this.#of) this.clear();
  }

  /** Stops what is being made and forgets what was. */
  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { phase } = this;
    this.phase = { name: 'idle' };
    if (phase.name === 'ready') {
      for (const address of [phase.before, phase.after]) URL.revokeObjectURL(address);
    }
  }

  /** The address of a finished clip. @throws CancelledError where something else has begun since */
  async #clip(request: PreviewRequest, signal: AbortSignal): Promise<string> {
    const { id } = await this.jobs.run(request, signal, (job) => (this.phase = { name: 'making', job }));
    const bytes = await this.host.takePreview(id);
    if (signal.aborted) throw new CancelledError();
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
export function asItIs({ video: { width, height, rotation } }: MediaInfo): StageRequest {
  const fit = rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  return { kind: 'enhance', fit };
}
