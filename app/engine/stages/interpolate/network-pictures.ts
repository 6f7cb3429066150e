import type { MotionSession } from '../../../../kernels';
import { processKernels } from '../../runtime';
import type { StepInputs, StepOutputs } from './network-step';
import { warpsMatch } from './matching';
import { openMotionSession } from './motion-session';
import { isPadded, pad, unpad, type Padding } from './padding';
import { allocateMask, allocatePicture } from '../pictures';
import type { Volume } from './volume';

/** What goes into a network's steps and comes out of them: padded to a size that it takes, warped, and where nothing moves. */
export class NetworkPictures {
  readonly outputs: StepOutputs;
  readonly #size: Padding;
  readonly #motion: MotionSession;
  readonly #padded: StepInputs;
  readonly #warpedPrevious: Float32Array;
  readonly #warpedNext: Float32Array;
  readonly #sharp: Float32Array;
  readonly #between: Float32Array;
  /** Where nothing moves from a picture to the next, by the first one's number; the last `delay + 2` of them. */
  readonly #masks: readonly Uint8Array[];
  #inputs: StepInputs;
  #bare: StepInputs;
  #fed = 0;

  /** @throws DeviceError device-out-of-memory; Error without the compiled kernels */
  constructor(size: Padding, delay: number) {
    const { width, height, paddedWidth, paddedHeight } = size;
    this.#size = size;
    this.#motion = openMotionSession(width, height, 0);
    this.#masks = Array.from({ length: delay + 2 }, () => allocateMask(width, height));
    const padded = (): Float32Array => allocatePicture(paddedWidth, paddedHeight);
    this.#padded = {
      previous: padded(),
      next: padded(),
      warped_previous: padded(),
      warped_next: padded(),
    };
    this.#inputs = this.#padded;
    this.#bare = this.#padded;
    this.outputs = { between: padded(), sharp: padded() };
    const own = (bare: Float32Array): Float32Array =>
      isPadded(size) ? allocatePicture(width, height) : bare;
    this.#warpedPrevious = own(this.#padded.warped_previous);
    this.#warpedNext = own(this.#padded.warped_next);
    this.#sharp = own(this.outputs.sharp);
    this.#between = own(this.outputs.between);
  }

  get inputs(): StepInputs {
    return this.#inputs;
  }

  /** The inputs as they were fed, before they were padded. */
  get bare(): StepInputs {
    return this.#bare;
  }

  /** The picture that was fed last. */
  get newest(): Volume {
    const { paddedWidth: width, paddedHeight: height } = this.#size;
    return { channels: 3, width, height, data: this.#inputs.next };
  }

  /** What the last step made, at the pictures' own size. */
  made(): StepOutputs {
    if (isPadded(this.#size)) {
      unpad(this.outputs.sharp, this.#sharp, this.#size);
      unpad(this.outputs.between, this.#between, this.#size);
    }
    return { sharp: this.#sharp, between: this.#between };
  }

  /** Where nothing moves after picture `index` of the shot, or before it where it is the last; null for a single one. */
  stillAt(index: number): Uint8Array | null {
    const pair = Math.min(index, this.#fed - 2);
    return pair < 0 ? null : (this.#masks[pair % this.#masks.length] ?? null);
  }

  /** The shot's next picture, after `previous`; false, with nothing fed, where they show different things. */
  async feed(previous: Float32Array, next: Float32Array): Promise<boolean> {
    const pair = this.#fed - 1;
    if (pair < 0) {
      this.#fed++;
      this.repeat(next);
      return true;
    }
    const [warpedPrevious, warpedNext] = [this.#warpedPrevious, this.#warpedNext];
    if (pair === 0) await this.#motion.estimate(previous, next);
    else await this.#motion.advance(next);
    await this.#motion.warpTo(0.5, { warpedPrevious, warpedNext });
    if (!warpsMatch(warpedPrevious, warpedNext)) return false;
    this.#fed++;
    const still = this.#masks[pair % this.#masks.length] ?? new Uint8Array(0);
    const { width, height } = this.#size;
    await processKernels().findStill({
      ...{ previous, next, warpedPrevious, warpedNext },
      ...{ width, height, still },
    });
    this.#set(previous, next, warpedPrevious, warpedNext);
    return true;
  }

  /** `picture` before and after itself: where a shot begins, and where it has ended. */
  repeat(picture: Float32Array): void {
    this.#set(picture, picture, picture, picture);
  }

  reset(): void {
    this.#fed = 0;
  }

  close(): void {
    this.#motion.dispose();
  }

  #set(
    previous: Float32Array,
    next: Float32Array,
    warped_previous: Float32Array,
    warped_next: Float32Array,
  ): void {
    const own = { previous, next, warped_previous, warped_next };
    this.#bare = own;
    if (!isPadded(this.#size)) {
      this.#inputs = own;
      return;
    }
    for (const name of ['previous', 'next', 'warped_previous', 'warped_next'] as const)
      pad(own[name], this.#padded[name], this.#size);
  }
}
