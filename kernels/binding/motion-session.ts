import {
  checkFrame,
  motionShape,
  warpWork,
  type MotionSessionOptions,
  type MotionShape,
  type MotionTargets,
} from '../dense-inverse-search/attributes';
import { expected } from '../checks';
import type { Implementation, MotionHandle } from './implementation';

/**
 * The motion between two frames, and the frames warped along it to any time between them. Frames are planar RGB,
 * [3, height, width], in 0 … 1 or slightly beyond. Calls may be made without awaiting those before: they are done in
 * order. Arrays must neither be changed nor transferred before their call's promise settles; the session keeps what
 * it needs of them. Wrong arguments give a TypeError.
 */
export interface MotionSession {
  readonly width: number;
  readonly height: number;
  readonly finestScale: 0 | 1;
  /** `estimate` and `warpTo` in one. */
  between(previous: Float32Array, next: Float32Array, time: number, targets: MotionTargets): Promise<void>;
  /** Estimates the motion of a pair of frames, both ways. */
  estimate(previous: Float32Array, next: Float32Array): Promise<void>;
  /** Estimates the motion from the last call's `next` to the frame after it, whose pyramid is all that is made anew. */
  advance(next: Float32Array): Promise<void>;
  /** Warps the estimated pair to a time between its frames, 0 < time < 1; their mean is the frame at that time. */
  warpTo(time: number, targets: MotionTargets): Promise<void>;
  /** Frees the session's buffers once calls under way are done. */
  dispose(): void;
}

/** Checks every argument, and lets one call end before the next begins. */
export class CheckedMotionSession implements MotionSession {
  readonly #implementation: Implementation;
  readonly #shape: MotionShape;
  #handle: MotionHandle | null;
  #estimated = false;
  #last: Promise<void> = Promise.resolve();

  constructor(implementation: Implementation, options: MotionSessionOptions) {
    this.#implementation = implementation;
    this.#shape = motionShape(options);
    this.#handle = implementation.createMotionSession(this.#shape);
  }

  get width(): number {
    return this.#shape.width;
  }

  get height(): number {
    return this.#shape.height;
  }

  get finestScale(): 0 | 1 {
    return this.#shape.finestScale;
  }

  async between(
    previous: Float32Array,
    next: Float32Array,
    time: number,
    targets: MotionTargets,
  ): Promise<void> {
    warpWork(this.#shape, time, targets);
    const estimated = this.estimate(previous, next);
    await Promise.all([estimated, this.warpTo(time, targets)]);
  }

  async estimate(previous: Float32Array, next: Float32Array): Promise<void> {
    checkFrame(this.#shape, previous, 'previous');
    checkFrame(this.#shape, next, 'next');
    const session = this.#session();
    this.#estimated = true;
    await this.#inTurn(() => this.#implementation.estimateMotion({ session, previous, next }));
  }

  async advance(next: Float32Array): Promise<void> {
    checkFrame(this.#shape, next, 'next');
    const session = this.#estimatedSession();
    await this.#inTurn(() => this.#implementation.estimateMotion({ session, next }));
  }

  async warpTo(time: number, targets: MotionTargets): Promise<void> {
    const work = warpWork(this.#shape, time, targets);
    const session = this.#estimatedSession();
    await this.#inTurn(() => this.#implementation.warpToTime({ session, ...work }));
  }

  dispose(): void {
    const handle = this.#handle;
    this.#handle = null;
    if (handle)
      void this.#inTurn(async () => {
        this.#implementation.disposeMotionSession(handle);
      });
  }

  #session(): MotionHandle {
    return this.#handle ?? expected('a session that is not disposed of', 'session', this);
  }

  #estimatedSession(): MotionHandle {
    const session = this.#session();
    return this.#estimated ? session : expected('a session with an estimated pair', 'session', this);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    // Those who made the call hear of its failure.
    this.#last = done.catch(() => undefined);
    return done;
  }
}
