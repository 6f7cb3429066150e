/** An object in a frame: the number that it keeps through a shot, and its extent in any unit. */
export interface SizedObject {
  readonly track: number;
  readonly width: number;
  readonly height: number;
}

/** What is remembered of a shot, to go on from. */
export interface SavedMainObjects {
  readonly largest: number;
  readonly main: readonly number[];
  readonly before: readonly number[];
}

/** Longer side, over that of the shot's largest so far, from which on an object is one of those that the shot is about. */
const ENTERS = 1 / 2;
/** The same over the frame's largest, down to which it stays one. */
const STAYS = 1 / 3;

/**
 * Tells the objects that a shot is about from passers-by, by their size: the largest, and those at least half as large.
 * One that was among them stays until it is less than a third of the largest, so that it doesn't come and go. A
 * subject that leaves is not followed by those behind it: they would have to be half as large.
 */
export class MainObjects {
  #largest = 0;
  #main: ReadonlySet<number> = new Set();
  /** Those of the frame before: where none of them is left, a new shot begins. */
  #before: ReadonlySet<number> = new Set();

  /** Numbers of the main ones of the next frame. */
  next(objects: readonly SizedObject[]): ReadonlySet<number> {
    const tracks = new Set(objects.map(({ track }) => track));
    if (!objects.some(({ track }) => this.#before.has(track))) {
      this.#largest = 0;
      this.#main = new Set();
    }
    const now = objects.reduce((most, object) => Math.max(most, sideOf(object)), 0);
    this.#largest = Math.max(this.#largest, now);
    const main = objects.filter((object) => {
      const side = sideOf(object);
      return side >= ENTERS * this.#largest || (this.#main.has(object.track) && side >= STAYS * now);
    });
    const numbers = new Set(main.map(({ track }) => track));
    // One that is hidden for a while was one of them before.
    const hidden = [...this.#main].filter((track) => !tracks.has(track));
    this.#main = new Set([...numbers, ...hidden]);
    this.#before = tracks;
    return numbers;
  }

  /** For `restore`; can be cloned. */
  save(): SavedMainObjects {
    return { largest: this.#largest, main: [...this.#main], before: [...this.#before] };
  }

  restore({ largest, main, before }: SavedMainObjects): void {
    this.#largest = largest;
    this.#main = new Set(main);
    this.#before = new Set(before);
  }
}

function sideOf({ width, height }: SizedObject): number {
  return Math.max(width, height);
}
