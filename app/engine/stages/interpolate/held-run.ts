import type { SourcePicture } from './source-picture';

/**
 * Copies of a frame that may follow it and still be one drawing that moves on: animation on threes, and the frames
 * that pulldown repeats. A longer run is a pause, whose frames are shown as they are.
 */
const MOST_COPIES = 3;

/**
 * A run of frames that show the same: the first was given to the synthesizer, the copies wait for what comes after. The time
 * of a short run is one step of motion; in a long one nothing moves.
 */
export class HeldRun {
  #copies: SourcePicture[] = [];
  /** Where a run has to begin to see the last frames of this one as it does: the newest last. */
  #restarts: number[] = [];
  #paused = false;

  /** A frame that differs from the one before. */
  begin(picture: SourcePicture): void {
    this.#copies = [];
    this.#restarts = [picture.restartPts];
    this.#paused = false;
  }

  /** One that doesn't; returns those that are to be shown as they are, now that this is a pause. */
  add(copy: SourcePicture): SourcePicture[] {
    this.#restarts.push(copy.restartPts);
    this.#copies.push(copy);
    if (!this.#paused && this.#copies.length <= MOST_COPIES) return [];
    this.#paused = true;
    // Begun so many frames earlier, a run knows that this is a pause.
    if (this.#restarts.length > MOST_COPIES + 2) this.#restarts.shift();
    const shown = this.take();
    for (const picture of shown) {
      picture.inPause = true;
      picture.restartPts = this.#restarts[0] ?? picture.restartPts;
    }
    return shown;
  }

  /** The copies that wait. */
  take(): SourcePicture[] {
    return this.#copies.splice(0);
  }
}
