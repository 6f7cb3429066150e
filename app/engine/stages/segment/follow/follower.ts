import type { Box, Detection, Instance, Matte } from '../instances';
import type { Fitting } from '../network-picture';
import { appearanceOf } from './appearance';
import { distinct } from './distinct';
import { glimpseOf, stillness, type Glimpse } from './glimpse';
import { matchTracks } from './match';
import { matteOverlap } from './matte-overlap';
import { filledIn, instanceOf, toldMatte, type Shown } from './shown';
import type { StillMap } from './smooth-matte';
import {
  beginTrack,
  classOf,
  continueTrack,
  isAlive,
  movedBox,
  movedSince,
  type Found,
  type Moment,
  type Track,
} from './track';

/** A frame and what was found in it. */
export interface FoundFrame {
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  readonly detections: readonly Detection[];
  /** The frame as the network saw it, [3, height, width] of 0 to 1; read until `push` returns. */
  readonly seen: { readonly data: Float32Array; readonly fitting: Fitting };
}

/** A frame that waits until those after it are known. */
interface WaitingFrame extends Moment {
  readonly width: number;
  readonly height: number;
  readonly glimpse: Glimpse;
  /** What was found, by the key of its track. */
  readonly found: ReadonlyMap<number, Found>;
}

/** All that a follower remembers. Never changed, only replaced. */
interface Memory {
  readonly nextKey: number;
  readonly nextNumber: number;
  /** Of the next frame in this shot. */
  readonly frame: number;
  readonly tracks: readonly Track[];
  readonly waiting: readonly WaitingFrame[];
  /** By key: the number that an object goes by, from when it is first told of. */
  readonly numbers: ReadonlyMap<number, number>;
  /** By key, as it was told of last. */
  readonly shown: ReadonlyMap<number, Shown>;
  /** Of the frame that was told of last. */
  readonly glimpse: Glimpse | null;
}

/** Frames after one that are known before it is told of: they confirm new objects and show which outlines stand out. */
export const LOOKAHEAD = 2;
/** Overlap from which on an object is not filled in where another one is. */
const COVERED = 0.4;
/** Seconds for which an object that is out of sight keeps its number. */
const KEPT = 1;

const BEGINNING = {
  frame: 0,
  tracks: [],
  waiting: [],
  numbers: new Map<number, number>(),
  shown: new Map<number, Shown>(),
  glimpse: null,
} as const;

/**
 * Follows objects through a shot: which of a frame are those of the frames before, steadied outlines, and what can't be
 * trusted. What is told of a frame comes when the next frames are known. Numbers are given in the order in which objects
 * are first told of, and never twice.
 */
export class Follower {
  readonly #minScore: number;
  #memory: Memory = { nextKey: 0, nextNumber: 1, ...BEGINNING };

  /** Objects are followed from a sighting of at least `minScore` on; less will do for those that are. */
  constructor(minScore: number) {
    this.#minScore = minScore;
  }

  /** Objects that are likely to be in the next frame, and where. */
  expected(seconds: number): { readonly box: Box }[] {
    const { tracks, frame } = this.#memory;
    return tracks
      .filter(({ confirmed, lastFrame }) => confirmed && frame - lastFrame <= LOOKAHEAD)
      .map((track) => {
        return { box: movedBox(track.detection.box, ...movedSince(track, seconds)) };
      });
  }

  /** The next frame; tells of the frames that are settled now. */
  async push({ width, height, seconds, detections, seen }: FoundFrame): Promise<(readonly Instance[])[]> {
    const { data, fitting } = seen;
    const across = width / fitting.pictureWidth;
    const down = height / fitting.pictureHeight;
    const { frame, nextKey } = this.#memory;
    const tracks = this.#memory.tracks.filter((track) => isAlive(track, frame));
    const moment = { frame, seconds };
    // Without outlines: they would be traced where what is remembered is written down.
    const sightings = distinct(detections, this.#minScore).map(({ classIndex, score, box, matte }) => ({
      detection: { classIndex, score, box, matte },
      look: appearanceOf(matte, data, fitting, across, down),
    }));
    const matched = matchTracks(tracks, sightings, moment);
    const taken = new Set(matched.values());
    const begun = sightings
      .filter((sighting) => !taken.has(sighting) && sighting.detection.score >= this.#minScore)
      .map((sighting, index) => beginTrack(nextKey + index, sighting, moment));
    const continued = tracks.map((track) => {
      const sighting = matched.get(track);
      return sighting ? continueTrack(track, sighting, moment) : track;
    });
    const now = [...continued, ...begun];
    const found = new Map(
      now
        .filter(({ lastFrame }) => lastFrame === frame)
        .map((track) => [track.key, { ...track.detection, classIndex: classOf(track) }] as const),
    );
    const waiting = { ...moment, width, height, glimpse: glimpseOf(data, fitting), found };
    this.#memory = {
      ...this.#memory,
      nextKey: nextKey + begun.length,
      frame: frame + 1,
      tracks: now,
      waiting: [...this.#memory.waiting, waiting],
    };
    return this.#memory.waiting.length > LOOKAHEAD ? [await this.#tell(false)] : [];
  }

  /** The shot ends: tells of all frames that are left, and forgets all but which numbers it has given. */
  async flush(): Promise<(readonly Instance[])[]> {
    const told: (readonly Instance[])[] = [];
    while (this.#memory.waiting.length > 0) told.push(await this.#tell(true));
    const { nextKey, nextNumber } = this.#memory;
    this.#memory = { nextKey, nextNumber, ...BEGINNING };
    return told;
  }

  /** For `restore`; can be cloned, and later calls don't change it. */
  save(): unknown {
    return this.#memory;
  }

  restore(saved: unknown): void {
    this.#memory = saved as Memory;
  }

  /** Of the frame that has waited longest. */
  async #tell(ending: boolean): Promise<Instance[]> {
    const [now, ...later] = this.#memory.waiting;
    if (!now) throw new Error('No frame waits.');
    const { glimpse, tracks } = this.#memory;
    const still = glimpse && stillMap(glimpse, now);
    const shown = new Map(this.#memory.shown);
    const numbers = new Map(this.#memory.numbers);
    let { nextNumber } = this.#memory;
    const instances: Instance[] = [];
    const objects = this.#objectsOf(now, later, ending).map(([key, found]) => {
      const past = shown.get(key);
      return { key, found, before: past?.frame === now.frame - 1 ? past : null };
    });
    const mattes = await Promise.all(objects.map(({ found, before }) => toldMatte(found, before, still)));
    for (const [index, { key, found, before }] of objects.entries()) {
      const number = numbers.get(key) ?? nextNumber++;
      numbers.set(key, number);
      const matte = mattes[index] ?? found.matte;
      const after = later[0]?.found.get(key)?.matte ?? null;
      instances.push(instanceOf(number, found, matte, { before: before?.found.matte ?? null, after }));
      shown.set(key, { frame: now.frame, found, matte });
    }
    for (const [key, found, between] of gaps(now, later, shown)) {
      const before = shown.get(key);
      const number = numbers.get(key);
      const filled = before && number !== undefined ? filledIn(number, before, found, between, now) : null;
      // Another object is found where this one should be: it went by another number for a while.
      if (!filled || instances.some(({ matte }) => covers(matte, filled.found.matte))) continue;
      instances.push(filled.instance);
      shown.set(key, { frame: now.frame, found: filled.found, matte: filled.found.matte });
    }
    const kept = tracks.filter(
      ({ lastSeconds, lastFrame }) => now.seconds - lastSeconds <= KEPT || lastFrame > now.frame,
    );
    const keys = new Set(kept.map(({ key }) => key));
    const ofKept = <T>(all: ReadonlyMap<number, T>): ReadonlyMap<number, T> =>
      new Map([...all].filter(([key]) => keys.has(key)));
    this.#memory = {
      ...this.#memory,
      nextNumber,
      tracks: kept,
      waiting: later,
      numbers: ofKept(numbers),
      shown: ofKept(shown),
      glimpse: now.glimpse,
    };
    return instances.sort((a, b) => a.track - b.track);
  }

  /** What was found in a frame and is surely an object, the surest first. */
  #objectsOf(
    now: WaitingFrame,
    later: readonly WaitingFrame[],
    ending: boolean,
  ): (readonly [key: number, found: Found])[] {
    const { tracks, numbers } = this.#memory;
    const confirmed = new Set(tracks.filter((track) => track.confirmed).map(({ key }) => key));
    // Where the shot ends before an object could be confirmed, one that is there to the end is taken.
    const stays = (key: number): boolean => ending && later.every(({ found }) => found.has(key));
    return [...now.found]
      .filter(([key]) => numbers.has(key) || confirmed.has(key) || stays(key))
      .sort(([, a], [, b]) => b.score - a.score);
  }
}

/** Objects that the frame before and one after show, and this one doesn't: with that after, and frames from this to before it. */
function* gaps(
  now: WaitingFrame,
  later: readonly WaitingFrame[],
  shown: ReadonlyMap<number, Shown>,
): Generator<readonly [key: number, found: Found, between: number]> {
  for (const [key, { frame }] of shown) {
    if (frame !== now.frame - 1 || now.found.has(key)) continue;
    const after = later.findIndex(({ found }) => found.has(key));
    const found = later[after]?.found.get(key);
    if (found) yield [key, found, after + 1];
  }
}

function covers(matte: Matte, other: Matte): boolean {
  return matteOverlap(matte, other, 0, 0) >= COVERED;
}

function stillMap(before: Glimpse, { glimpse, width, height }: WaitingFrame): StillMap | null {
  if (before.width !== glimpse.width || before.height !== glimpse.height) return null;
  return {
    still: stillness(before, glimpse),
    width: glimpse.width,
    height: glimpse.height,
    across: width / glimpse.width,
    down: height / glimpse.height,
  };
}
