import type { MotionSession } from '../../../../kernels';
import { DeviceError, REFINE_INPUTS, type InterpolateManifest } from '../../../shared';
import { onHost, type HostTensor, type ModelSet } from '../../runtime';
import { allocatePicture } from '../pictures';
import { warpsMatch } from './matching';
import { openMotionSession } from './motion-session';
import { isPadded, pad, paddingFor, unpad, type Padding } from './padding';
import { PictureTiles, type PictureTilesOptions } from './picture-tiles';
import { paste, type Volume } from './volume';

/** What a new picture is made better from, [3, height, width] each. */
export interface RefinementInputs {
  /** The pictures beside it, made sharp, in order: `after` is the next call's `before`, or another shot begins. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  /** The one in the middle between them, as it was made at first. */
  readonly between: Float32Array;
  /** What `before` was made of. */
  readonly frame: Float32Array;
}

export interface RefinementOptions extends PictureTilesOptions {
  readonly width: number;
  readonly height: number;
}

const MIDDLE = 0.5;
type Name = (typeof REFINE_INPUTS)[number];

/**
 * New pictures once more, by a network that has seen both neighbours made sharp: motion is estimated anew between these, where
 * it shows better than between blurred ones.
 */
export class Refinement {
  readonly #models: ModelSet<'refine'>;
  readonly #size: Padding;
  readonly #motion: MotionSession;
  readonly #tiles: PictureTiles;
  readonly #warps: readonly [Float32Array, Float32Array];
  readonly #padded: Readonly<Record<Name, Float32Array>> | null;
  readonly #made: Float32Array;
  readonly #shown: Float32Array;
  /** The motion session has seen the last call's `after`. */
  #known = false;

  /**
   * Takes over `models`, whose graph is the `refine` of `manifest`.
   *
   * @throws DeviceError device-out-of-memory; Error without the compiled kernels
   */
  constructor(
    models: ModelSet<'refine'>,
    { multiple, refine }: Pick<InterpolateManifest, 'multiple' | 'refine'>,
    options: RefinementOptions,
  ) {
    const { width, height } = options;
    const size = paddingFor(width, height, multiple);
    this.#models = models;
    this.#size = size;
    this.#motion = openMotionSession(width, height, 0);
    this.#tiles = new PictureTiles(size, { multiple, halo: refine?.halo ?? 0 }, options);
    const own = (): Float32Array => allocatePicture(width, height);
    const padded = (): Float32Array => allocatePicture(size.paddedWidth, size.paddedHeight);
    this.#warps = [own(), own()];
    this.#padded = isPadded(size)
      ? {
          ...{ sharp_previous: padded(), sharp_next: padded(), between: padded(), frame: padded() },
          ...{ warped_previous: padded(), warped_next: padded() },
        }
      : null;
    this.#made = padded();
    this.#shown = isPadded(size) ? own() : this.#made;
  }

  /**
   * The picture that takes the place of `between`, which it is where the sharp pictures don't match; valid until the next call.
   *
   * @throws DeviceError where even small tiles are too much
   */
  async refine({ before, after, between, frame }: RefinementInputs): Promise<Float32Array> {
    const [warpedPrevious, warpedNext] = this.#warps;
    if (this.#known) await this.#motion.advance(after);
    else await this.#motion.estimate(before, after);
    this.#known = true;
    await this.#motion.warpTo(MIDDLE, { warpedPrevious, warpedNext });
    if (!warpsMatch(warpedPrevious, warpedNext)) return between;
    const pictures = {
      ...{ sharp_previous: before, sharp_next: after, between, frame },
      ...{ warped_previous: warpedPrevious, warped_next: warpedNext },
    };
    await this.#run(this.#paddedOf(pictures));
    if (this.#padded) unpad(this.#made, this.#shown, this.#size);
    return this.#shown;
  }

  /** Another shot begins. */
  reset(): void {
    this.#known = false;
  }

  async close(): Promise<void> {
    this.#motion.dispose();
    await this.#models.close();
  }

  #paddedOf(pictures: Readonly<Record<Name, Float32Array>>): Readonly<Record<Name, Float32Array>> {
    const padded = this.#padded;
    if (!padded) return pictures;
    for (const name of REFINE_INPUTS) pad(pictures[name], padded[name], this.#size);
    return padded;
  }

  async #run(pictures: Readonly<Record<Name, Float32Array>>): Promise<void> {
    for (;;) {
      try {
        await this.#models.attempt(() => this.#runTiles(pictures));
        return;
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        if (!(await this.#tiles.canGoOn(error, this.#models))) throw error;
      }
    }
  }

  async #runTiles(pictures: Readonly<Record<Name, Float32Array>>): Promise<void> {
    for (const { read, keep } of this.#tiles.all) {
      const feeds: Record<string, HostTensor> = {};
      for (const name of REFINE_INPUTS)
        feeds[name] = this.#tiles.feed(name, this.#volume(pictures[name]), read);
      const { refined } = await this.#models.run('refine', feeds);
      const data = refined && onHost(refined).data;
      if (!(data instanceof Float32Array) || data.length !== 3 * read.width * read.height)
        throw new Error("The model gives no refined picture of its inputs' size.");
      paste(data, read, keep, this.#volume(this.#made));
    }
  }

  #volume(data: Float32Array): Volume {
    return { channels: 3, width: this.#size.paddedWidth, height: this.#size.paddedHeight, data };
  }
}
