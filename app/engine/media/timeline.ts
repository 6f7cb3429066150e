import { rescale, ticksToSeconds, type StreamFormat } from '../frames';

/** A step back by more than this is another clock (files joined end to end), not disorder among neighbours. */
const NEW_CLOCK_SECONDS = 1;

/** Makes the times of a stream's frames strictly increasing, and tells if it had to. */
export class Timeline {
  #last = -Infinity;
  #step: number;
  #offset = 0;
  #nudged = false;
  #clocks = 0;

  constructor(private readonly stream: StreamFormat) {
    const { frameRate, timeBase } = stream;
    this.#step = frameRate
      ? Math.max(1, rescale(1, { num: frameRate.den, den: frameRate.num }, timeBase))
      : 1;
  }

  /** Time of the frame given last; -Infinity before the first. */
  get last(): number {
    return this.#last;
  }

  /** Ticks between the last two frames. */
  get lastStep(): number {
    return this.#step;
  }

  /** Where a frame that says it is shown at `pts` (ticks) stands. */
  place(pts: number): number {
    let placed = pts + this.#offset;
    if (this.#last - placed > NEW_CLOCK_SECONDS / ticksToSeconds(1, this.stream.timeBase)) {
      this.#clocks++;
      this.#offset += this.#last + this.#step - placed;
      placed = this.#last + this.#step;
    } else if (placed <= this.#last) {
      this.#nudged = true;
      placed = this.#last + 1;
    }
    if (Number.isFinite(this.#last)) this.#step = placed - this.#last;
    this.#last = placed;
    return placed;
  }

  notes(): string[] {
    return [
      ...(this.#nudged
        ? ['Some frames had repeated or backward times; each now follows the one before.']
        : []),
      ...(this.#clocks > 0
        ? ["The video's clock starts anew on the way; its parts were put one after the other."]
        : []),
    ];
  }
}
