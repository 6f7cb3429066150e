import type { Plane } from '../../frames';
import { processKernels } from '../../runtime';
import { planeResize, type FrameSizes, type FrameWay } from './frame-way';
import type { LumaUpscaler } from './luma-upscaler';

/** Frames whose planes come and go in the processor's memory: luma by a network where there is one, the rest bicubically. */
export class ProcessorWay implements FrameWay {
  readonly ahead = 1;
  /** Null where the picture is only resized. */
  readonly #upscaler: LumaUpscaler | null;
  readonly #sizes: FrameSizes;
  /** Luma as the network gives it, where that is not the result's size yet. */
  readonly #between: Plane | null;
  #last: Promise<unknown> = Promise.resolve();

  /** Takes over `upscaler`. */
  constructor(upscaler: LumaUpscaler | null, sizes: FrameSizes) {
    this.#upscaler = upscaler;
    this.#sizes = sizes;
    this.#between = upscaler && planeBetween(sizes, upscaler.scale);
  }

  /** One after the other. */
  enlarge(source: readonly Plane[], target: readonly Plane[]): Promise<void> {
    const next = this.#last.then(() => this.#enlargeNow(source, target));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#upscaler?.close();
  }

  async #enlargeNow(source: readonly Plane[], target: readonly Plane[]): Promise<void> {
    for (const [index, to] of target.entries()) {
      const from = source[index];
      if (!from) throw new Error('Expected as many planes in as out.');
      if (index === 0) await this.#enlargeLuma(from, to);
      else await this.#resize(index, from, to);
    }
  }

  async #enlargeLuma(source: Plane, target: Plane): Promise<void> {
    const { format, colour } = this.#sizes.input;
    const { bitDepth } = format;
    const enlarged = this.#between ?? target;
    await this.#upscaler?.enlarge(source, enlarged, { bitDepth, range: colour.range });
    const from = this.#upscaler ? enlarged : source;
    if (from !== target) await this.#resize(0, from, target);
  }

  async #resize(index: number, from: Plane, to: Plane): Promise<void> {
    await processKernels().resizeBicubic(from.data, from.width, from.height, to.data, to.width, to.height, {
      ...planeResize(index, this.#sizes),
      maxCode: 2 ** this.#sizes.input.format.bitDepth - 1,
    });
  }
}

/** Luma between the network and a resize; null where none is needed. */
function planeBetween({ input, output }: FrameSizes, scale: number): Plane | null {
  const [width, height] = [input.width * scale, input.height * scale];
  if (width === output.width && height === output.height) return null;
  const samples = width * height;
  const data = input.format.bitDepth > 8 ? new Uint16Array(samples) : new Uint8Array(samples);
  return { width, height, data };
}
