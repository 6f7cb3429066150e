import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What a run needs to go on at an input frame. */
export interface Restart {
  /** Time of the first frame that is looked at; what comes before is in `saved`. */
  readonly pts: number;
  /** Frames that were looked at by then and not told of. */
  readonly pending: number;
  /** What the source remembered. */
  readonly saved: unknown;
}

/** Frames from one place where a run may begin again to the next: what is remembered there (mattes, above all) takes memory. */
const STEP = 16;

/** Remembers at some frames what was known there, so that a run may begin again with them. */
export class Restarts {
  readonly #by = new Map<number, Restart>();
  #last = -Infinity;
  /** Frames since the last place. */
  #since = STEP;

  /**
   * To be called before each frame is looked at; `save` is asked where a run may begin. Gives the time, in the
   * job's input, of the frame that a run has to begin with for this one.
   */
  note(
    frame: { readonly restartPts: number; readonly pts: number },
    pending: number,
    save: () => unknown,
  ): number {
    // Frames that were made of the same one can't be told apart by it.
    if (this.#since >= STEP && frame.restartPts > this.#last) {
      this.#last = frame.restartPts;
      this.#by.set(this.#last, { pts: frame.pts, pending, saved: save() });
      this.#since = 0;
    }
    this.#since++;
    return this.#last;
  }

  /** For a run that begins with this input frame; earlier ones are not asked for again. */
  stateFor(restartPts: number): Uint8Array | null {
    for (const known of this.#by.keys()) if (known < restartPts) this.#by.delete(known);
    const restart = this.#by.get(restartPts);
    // Mattes are most of it, and mostly even.
    return restart ? deflateRawSync(serialize(restart), { level: 1 }) : null;
  }
}

/** What `stateFor` gave. */
export function readRestart(state: Uint8Array): Restart {
  return deserialize(inflateRawSync(state)) as Restart;
}
