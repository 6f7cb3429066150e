import type { Frame } from '../frames';

/** Frames of a closed segment. Times in ticks of the stream's time base. */
export interface SegmentFacts {
  readonly frames: number;
  readonly firstPts: number;
  readonly lastPts: number;
  /** End of the last frame. */
  readonly endPts: number;
}

/** Counts the frames of a segment, and keeps in mind when it begins and ends. */
export class SegmentSpan {
  #frames = 0;
  #firstPts = 0;
  #lastPts = 0;
  #lastDuration: number | null = null;
  #lastStep = 1;

  add({ pts, duration }: Pick<Frame, 'pts' | 'duration'>): void {
    if (this.#frames === 0) this.#firstPts = pts;
    else this.#lastStep = pts - this.#lastPts;
    this.#lastPts = pts;
    this.#lastDuration = duration;
    this.#frames++;
  }

  get frames(): number {
    return this.#frames;
  }

  get facts(): SegmentFacts {
    return {
      frames: this.#frames,
      firstPts: this.#firstPts,
      lastPts: this.#lastPts,
      endPts: this.#lastPts + (this.#lastDuration ?? this.#lastStep),
    };
  }
}
