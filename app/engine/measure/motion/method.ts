import type { FrameFactor } from '../../../shared';
import type { MediaTools } from '../../media';
import type { RgbImage } from '../read-image';
import type { Picture } from './picture';

/** What a method may use. */
export interface MethodContext {
  readonly tools: MediaTools;
  readonly signal: AbortSignal;
  /** Network by name; null takes the product's choice. */
  readonly model: string | null;
  /** Frames out of one, where frames are made between others. */
  readonly factor: FrameFactor;
}

/** Frames of one size, in order, without a scene cut. */
export interface Shot {
  readonly width: number;
  readonly height: number;
  readonly frames: AsyncIterable<RgbImage>;
}

/**
 * A way to make frames of a shot. `run` takes the shot's frames in order and gives the new ones in order, as
 * soon as it can: factor − 1 between each two (interpolating), or one for each (deblurring).
 */
export interface Method {
  /** What runs, for people: the network's name, the filter's settings. */
  readonly description: string;
  run(shot: Shot, clock: ComputeClock): AsyncIterable<Picture>;
}

/** When frames are wanted between two: the parts of the way that cut it into `factor`. */
export function timesOf(factor: number): readonly number[] {
  return Array.from({ length: factor - 1 }, (_, index) => (index + 1) / factor);
}

/** Seconds that a method computed; waiting for its input does not count. */
export class ComputeClock {
  #seconds = 0;

  get seconds(): number {
    return this.#seconds;
  }

  /** For what was measured elsewhere. */
  add(seconds: number): void {
    this.#seconds += seconds;
  }

  async time<T>(work: () => T | Promise<T>): Promise<T> {
    const from = performance.now();
    const result = await work();
    this.add((performance.now() - from) / 1000);
    return result;
  }

  /** As `source`; what it takes to get the next one counts. */
  async *iterate<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.time(() => iterator.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
}

/** The pairs of neighbours of a shot. */
export async function* neighbours(
  frames: AsyncIterable<RgbImage>,
): AsyncGenerator<{ readonly before: RgbImage; readonly after: RgbImage }> {
  let before: RgbImage | null = null;
  for await (const after of frames) {
    if (before) yield { before, after };
    before = after;
  }
}
