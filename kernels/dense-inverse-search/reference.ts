import type { MotionShape, WarpWork } from './attributes';
import { referenceDensification } from './reference-densification';
import { referencePatchSearch } from './reference-patch-search';
import { f32, type Flow } from './reference-plane';
import { levelCount, pyramidOf, type Pyramid } from './reference-pyramid';
import { referenceRefinement } from './reference-refinement';
import { invertedFlow, meanOfTwo } from './reference-warp';

/** A motion session's meaning, without anything that makes it fast. */
export class ReferenceMotionSession {
  readonly #shape: MotionShape;
  #previous: Pyramid | null = null;
  #next: Pyramid | null = null;
  #forward: Flow | null = null;
  #backward: Flow | null = null;

  constructor(shape: MotionShape) {
    this.#shape = shape;
  }

  /** Without `previous`, the frame that was the next one is it. */
  estimate(previous: Float32Array | undefined, next: Float32Array): void {
    const before = previous ? this.#pyramid(previous) : this.#next;
    const after = this.#pyramid(next);
    if (!before) return;
    this.#previous = before;
    this.#next = after;
    this.#forward = this.#flow(before, after);
    this.#backward = this.#flow(after, before);
  }

  warpTo({ time, warpedPrevious, warpedNext, confidence }: WarpWork): void {
    if (!this.#previous || !this.#next || !this.#forward || !this.#backward) return;
    const { width, height } = this.#shape;
    const scale = 2 ** this.#shape.finestScale;
    const before = f32(time);
    const after = f32(1 - before);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [u, v] = invertedFlow(this.#forward, scale, before, x, y);
        const [backU, backV] = invertedFlow(this.#backward, scale, after, x, y);
        const place = (time: number, alongX: number, alongY: number): readonly [number, number] => [
          f32(x + f32(time * alongX)),
          f32(y + f32(time * alongY)),
        ];
        const previous = meanOfTwo(
          this.#previous.channels,
          place(-before, u, v),
          place(before, backU, backV),
        );
        const next = meanOfTwo(this.#next.channels, place(after, u, v), place(-after, backU, backV));
        let apart = 0;
        for (let channel = 0; channel < 3; channel++) {
          const at = (channel * height + y) * width + x;
          const fromPrevious = (warpedPrevious[at] = previous[channel]!);
          const fromNext = (warpedNext[at] = next[channel]!);
          const difference = f32(fromPrevious - fromNext);
          apart = f32(apart + f32(difference * difference));
        }
        if (!confidence) continue;
        const [turnU, turnV] = [f32(u + backU), f32(v + backV)];
        const doubt = f32(f32(f32(turnU * turnU) + f32(turnV * turnV)) + f32(apart * 100));
        confidence[y * width + x] = 1 / f32(1 + doubt);
      }
  }

  #pyramid(picture: Float32Array): Pyramid {
    const { width, height, finestScale } = this.#shape;
    return pyramidOf(picture, width, height, levelCount(width, height, finestScale));
  }

  #flow(from: Pyramid, to: Pyramid): Flow {
    let flow: Flow | null = null;
    for (let level = from.levels.length - 1; level >= this.#shape.finestScale; level--) {
      const [own, other] = [from.levels[level]!, to.levels[level]!];
      const patches = referencePatchSearch(own, other, flow);
      flow = referenceRefinement(own, other, referenceDensification(own, other, patches));
    }
    return flow!;
  }
}
