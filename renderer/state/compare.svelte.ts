import {
  CancelledError,
  type ClearcutApi,
  type ErrorData,
  type MediaInfo,
  type StageRequest,
} from '../../app/shared';
import { BoundedCache } from './bounded-cache';
import { plainError } from './plain-error';
import type { PreviewJobs } from './preview-jobs';
import { pictureAddress } from './source.svelte';

export const COMPARE_MODES = ['slider', 'side', 'lens', 'difference'] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];

export type ComparePhase =
  | { readonly name: 'idle' }
  | { readonly name: 'making' }
  | { readonly name: 'ready'; readonly before: string; readonly after: string; readonly seconds: number }
  | { readonly name: 'failed'; readonly error: ErrorData };

/** Settings that stand still on one side while others are tried on the other. */
export interface KeptSettings {
  readonly stages: readonly StageRequest[];
  readonly title: string;
}

/** Every pixel of a large result, and no larger than a picture can be shown. */
const WIDEST = 7680;
/** Of frames on both sides of comparisons, the last ones that were looked at; uncompressed, two of 4K are 50 MB. */
const MOST_BYTES = 400 * 1024 * 1024;
/** The frame that is wanted begins in it, however long each one stands; the engine makes no more than that one. */
const SPAN_SECONDS = 4;
/** A change of settings or place waits so long for the next one before anything is computed. */
const REST_MS = 200;

/** One frame before and after, or with two settings: made anew at once when either changes. */
export class Compare {
  on = $state(false);
  mode = $state<CompareMode>('slider');
  /** Shows the original while a key is held. */
  original = $state(false);
  /** The left side; null for the video as it is. */
  kept = $state.raw<KeptSettings | null>(null);
  phase = $state.raw<ComparePhase>({ name: 'idle' });
  /** Told when a comparison is made and the machine is free again. */
  rested: () => void = () => undefined;
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Frames on their way, by what stops them. */
  readonly #making = new WeakMap<AbortSignal, Map<string, Promise<string>>>();
  readonly #frames = new BoundedCache<string>(MOST_BYTES, (address) => {
    URL.revokeObjectURL(address);
  });

  constructor(
    private readonly host: ClearcutApi,
    private readonly jobs: PreviewJobs,
  ) {}

  /** Shows `stages` at `seconds` as soon as nothing has changed for a moment. */
  show(info: MediaInfo, stages: readonly StageRequest[] | null, seconds: number, atOnce = false): void {
    this.#stop();
    if (!this.on || stages === null) {
      this.phase = { name: 'idle' };
      return;
    }
    const { signal } = this.#abort;
    const run = (): void => void this.#make(info, stages, seconds, signal);
    if (atOnce) run();
    else this.#timer = setTimeout(run, REST_MS);
  }

  /** Nothing is shown, and nothing made. */
  hide(): void {
    this.#stop();
    this.phase = { name: 'idle' };
  }

  clear(): void {
    this.hide();
    this.kept = null;
    this.#frames.clear();
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async #make(
    info: MediaInfo,
    stages: readonly StageRequest[],
    seconds: number,
    signal: AbortSignal,
  ): Promise<void> {
    const begun = performance.now();
    this.phase = { name: 'making' };
    try {
      // Jobs wait for one another, a frame of the file for none.
      const [before, after] = await Promise.all([
        this.#frame(info, this.kept?.stages ?? null, seconds, signal),
        this.#frame(info, stages, seconds, signal),
      ]);
      this.phase = { name: 'ready', before, after, seconds: (performance.now() - begun) / 1000 };
      this.rested();
    } catch (error) {
      const data = plainError(error);
      if (signal.aborted || data.code === 'cancelled') return;
      this.phase = { name: 'failed', error: data };
    }
  }

  /** The address of a frame as it is, or as `stages` make it; both sides may ask for the same. @throws CancelledError */
  #frame(
    info: MediaInfo,
    stages: readonly StageRequest[] | null,
    seconds: number,
    signal: AbortSignal,
  ): Promise<string> {
    const key = JSON.stringify([info.path, seconds, stages]);
    const known = this.#frames.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const before = this.#making.get(signal)?.get(key);
    if (before) return before;
    const making = this.#fetch(key, info, stages, seconds, signal);
    this.#making.set(
      signal,
      (this.#making.get(signal) ?? new Map<string, Promise<string>>()).set(key, making),
    );
    return making;
  }

  async #fetch(
    key: string,
    info: MediaInfo,
    stages: readonly StageRequest[] | null,
    seconds: number,
    signal: AbortSignal,
  ): Promise<string> {
    const bytes = stages
      ? await this.#made(info, stages, seconds, signal)
      : await this.host.poster(info.path, seconds, WIDEST);
    if (signal.aborted) throw new CancelledError();
    const address = pictureAddress(bytes);
    this.#frames.set(key, address, bytes.length);
    return address;
  }

  async #made(
    info: MediaInfo,
    stages: readonly StageRequest[],
    seconds: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { id } = await this.jobs.run(
      { input: info.path, stages, start: seconds, end: seconds + SPAN_SECONDS, still: true },
      signal,
    );
    return this.host.takePreviewFrame(id);
  }
}
