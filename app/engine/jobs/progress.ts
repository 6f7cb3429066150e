/** Seconds over which the rate is averaged. */
const WINDOW_SECONDS = 30;
/** Nothing is said before this much active time and this many frames: early rates mislead. */
const QUIET_SECONDS = 5;
const QUIET_FRAMES = 20;

/**
 * Rate and time left from active time alone: the clock stands still while the job is paused (and,
 * being monotonic, while the computer sleeps).
 */
export class ProgressMeter {
  #activeSeconds = 0;
  #last: number | null = null;
  #framesDone = 0;
  #rate: number | null = null;
  #lastFrames = 0;
  #lastFraction = 0;

  /** @param now seconds of a monotonic clock. */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {}

  get activeSeconds(): number {
    return this.#activeSeconds;
  }

  start(): void {
    this.#last = this.now();
  }

  pause(): void {
    this.#advance();
    this.#last = null;
  }

  /** `framesDone` frames of this run are written. */
  update(framesDone: number): void {
    const seconds = this.#advance();
    const frames = framesDone - this.#lastFrames;
    this.#lastFrames = framesDone;
    this.#framesDone = framesDone;
    if (seconds <= 0) return;
    // Exponentially weighted, and the plain mean until the window is full.
    const weight = Math.max(
      1 - Math.exp(-seconds / WINDOW_SECONDS),
      seconds / Math.max(this.#activeSeconds, 1e-9),
    );
    this.#rate =
      this.#rate === null ? frames / seconds : this.#rate + weight * (frames / seconds - this.#rate);
  }

  /** Frames a second, null in the first seconds. */
  get framesPerSecond(): number | null {
    return this.#quiet() ? null : this.#rate;
  }

  /** Seconds for `framesLeft` more frames, null in the first seconds. */
  eta(framesLeft: number | null): number | null {
    if (framesLeft === null || this.#quiet() || !this.#rate) return null;
    return Math.max(0, framesLeft) / this.#rate;
  }

  /** `done` of `total` as a part that never falls and is 1 only when the job says so. */
  fraction(done: number, total: number | null): number | null {
    if (total === null || total <= 0) return null;
    this.#lastFraction = Math.max(this.#lastFraction, Math.min(0.999, done / total));
    return this.#lastFraction;
  }

  #quiet(): boolean {
    return this.#activeSeconds < QUIET_SECONDS || this.#framesDone < QUIET_FRAMES;
  }

  #advance(): number {
    if (this.#last === null) return 0;
    const now = this.now();
    const seconds = now - this.#last;
    this.#last = now;
    this.#activeSeconds += seconds;
    return seconds;
  }
}
