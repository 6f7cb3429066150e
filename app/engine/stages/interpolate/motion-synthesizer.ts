import type { MotionSession } from '../../../../kernels';
import { processKernels } from '../../runtime';
import { warpsMatch } from './matching';
import { openMotionSession } from './motion-session';
import { allocateMask, allocatePicture } from '../pictures';
import type { ReadyPicture, Synthesizer } from './synthesizer';

export interface MotionSynthesizerOptions {
  readonly width: number;
  readonly height: number;
  /** The pyramid level that motion is estimated down to: 0 is the picture's own size. Left out: what the size allows. */
  readonly finestScale?: 0 | 1;
}

/** Up to this many pixels motion is estimated at full size: 0.1 to 0.7 dB better for about three times the time. */
const FULL_SIZE_PIXELS = 1280 * 720;
const MIDDLE = 0.5;

/**
 * New pictures from the motion between two alone: each is the mean of both, warped along the motion to its time.
 * Pictures that are there are shown as they are, so blur stays.
 */
export class MotionSynthesizer implements Synthesizer {
  readonly window = { past: 0, future: 1 };
  readonly #session: MotionSession;
  readonly #warpedPrevious: Float32Array;
  readonly #warpedNext: Float32Array;
  readonly #still: Uint8Array;
  #previous: Float32Array | null = null;
  /** The session knows the motion up to the picture pushed last. */
  #advances = false;
  #pushed = 0;
  /** The time that both pictures are warped to. */
  #warpedTo: number | null = null;

  /** @throws DeviceError device-out-of-memory; Error without the compiled kernels */
  constructor({ width, height, finestScale }: MotionSynthesizerOptions) {
    const scale = finestScale ?? (width * height <= FULL_SIZE_PIXELS ? 0 : 1);
    this.#session = openMotionSession(width, height, scale);
    this.#warpedPrevious = allocatePicture(width, height);
    this.#warpedNext = allocatePicture(width, height);
    this.#still = allocateMask(width, height);
  }

  async *push(picture: Float32Array, times: readonly number[]): AsyncGenerator<ReadyPicture> {
    const index = this.#pushed++;
    const previous = this.#previous;
    this.#previous = picture;
    if (previous && times.length > 0) {
      if (this.#advances) await this.#session.advance(picture);
      else await this.#session.estimate(previous, picture);
    }
    this.#advances = times.length > 0;
    this.#warpedTo = null;
    // Of all times or none: a new picture before one that is held would go back.
    const match = previous !== null && times.length > 0 && (await this.#match());
    for (const time of times) {
      if (!previous) throw new Error('Expected a picture before the new one.');
      if (match) await this.#warp(time);
      const mean = match ? await this.#mean(previous, picture) : null;
      yield { index: index - 1, time, picture: mean, still: mean && this.#still, since: index - 1 };
    }
    yield { index, time: 0, picture: null, still: null, since: index };
  }

  async *flush(): AsyncGenerator<ReadyPicture> {
    // Every picture was shown when it came.
  }

  reset(): void {
    this.#previous = null;
    this.#advances = false;
    this.#pushed = 0;
  }

  async close(): Promise<void> {
    this.#session.dispose();
  }

  /** Judged in the middle, where the limits were measured. */
  async #match(): Promise<boolean> {
    await this.#warp(MIDDLE);
    return warpsMatch(this.#warpedPrevious, this.#warpedNext);
  }

  async #warp(time: number): Promise<void> {
    if (this.#warpedTo === time) return;
    this.#warpedTo = time;
    await this.#session.warpTo(time, { warpedPrevious: this.#warpedPrevious, warpedNext: this.#warpedNext });
  }

  /** Of what was warped last; and finds where nothing moves. */
  async #mean(previous: Float32Array, next: Float32Array): Promise<Float32Array> {
    const [warpedPrevious, warpedNext] = [this.#warpedPrevious, this.#warpedNext];
    const { width, height } = this.#session;
    const pictures = { previous, next, warpedPrevious, warpedNext };
    await processKernels().findStill({ ...pictures, width, height, still: this.#still });
    for (let i = 0; i < warpedNext.length; i++)
      warpedPrevious[i] = ((warpedPrevious[i] ?? 0) + (warpedNext[i] ?? 0)) / 2;
    this.#warpedTo = null; // the mean took the place of one of them
    return warpedPrevious;
  }
}
