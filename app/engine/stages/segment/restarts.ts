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

/** Remembers for each place where a run may begin again what was known there. */
export class Restarts {
  readonly #by = new Map<number, Restart>();

  /** To be called before each frame is looked at; `save` is asked where a run may begin. */
  note(
    frame: { readonly restartPts: number; readonly pts: number },
    pending: number,
    save: () => unknown,
  ): void {
    if (!this.#by.has(frame.restartPts))
      this.#by.set(frame.restartPts, { pts: frame.pts, pending, saved: save() });
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
