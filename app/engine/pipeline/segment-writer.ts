import { rm } from 'node:fs/promises';
import type { Rational } from '../../shared';
import type { Frame, StreamFormat } from '../frames';
import { openSegmentEncoder, type EncoderSpec, type MediaTools, type SegmentEncoder } from '../media';
import { SegmentStore } from './segment-store';

export interface SegmentWriterOptions {
  readonly tools: MediaTools;
  readonly store: SegmentStore;
  readonly encoder: EncoderSpec;
  readonly stream: StreamFormat;
  /** Width over height of a pixel. */
  readonly sampleAspectRatio: Rational;
  /** Frames per segment. */
  readonly length: number;
  readonly signal: AbortSignal;
}

interface OpenSegment {
  readonly file: string;
  readonly encoder: SegmentEncoder;
  frames: number;
  restartPts: number;
}

/**
 * Cuts the stream into segments of a fixed number of frames, each encoded by a process of its own,
 * so that a resumed run writes what an unbroken one would have written. The next segment starts
 * while the one before is still being closed; never more than one is.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  #index: number;
  #framesBefore: number;
  #framesThisRun = 0;
  #current: OpenSegment | null = null;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#index = options.store.segments.length;
    this.#framesBefore = options.store.frames;
  }

  get framesThisRun(): number {
    return this.#framesThisRun;
  }

  /** Frames in the result so far, those of an earlier run included. */
  get framesTotal(): number {
    return this.#framesBefore + this.#framesThisRun;
  }

  /** Bytes of closed segments. */
  get bytes(): number {
    return this.#options.store.bytes;
  }

  /** Takes one frame's content; the frame stays the caller's. */
  async write(frame: Frame): Promise<void> {
    this.#current ??= this.#open();
    const current = this.#current;
    await current.encoder.write(frame);
    current.frames++;
    current.restartPts = frame.restartPts;
    this.#framesThisRun++;
    if (current.frames === this.#options.length) await this.#close(current);
  }

  /** Closes the last segment and waits until all are on disk. */
  async finish(): Promise<void> {
    if (this.#current) await this.#close(this.#current);
    await this.#closing;
  }

  /** Drops the open segment; finished ones stay. Never throws. */
  async abort(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    if (current) {
      await current.encoder.abort();
      await rm(this.#options.store.pathOf(current.file), { force: true }).catch(() => undefined);
    }
    await this.#closing.catch(() => undefined);
  }

  #open(): OpenSegment {
    const { tools, store, encoder, stream, sampleAspectRatio, signal } = this.#options;
    const file = SegmentStore.fileName(this.#index++, encoder.segmentExtension);
    return {
      file,
      encoder: openSegmentEncoder(tools, {
        stream,
        sampleAspectRatio,
        encoder,
        path: store.pathOf(file),
        signal,
      }),
      frames: 0,
      restartPts: 0,
    };
  }

  async #close(segment: OpenSegment): Promise<void> {
    this.#current = null;
    await this.#closing;
    const { store } = this.#options;
    this.#closing = (async () => {
      const facts = await segment.encoder.finish();
      await store.add({ file: segment.file, ...facts, restartPts: segment.restartPts });
    })();
    // The error, if any, is thrown where the closing is next waited for.
    this.#closing.catch(() => undefined);
  }
}
