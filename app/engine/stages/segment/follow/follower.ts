import type { Box, Detection, Instance, Matte } from '../instances';
import type { Fitting } from '../network-picture';
import { appearanceOf } from './appearance';
import { distinct } from './distinct';
import { glimpseOf } from './glimpse';
import { matchTracks } from './match';
import { matteOverlap } from './matte-overlap';
import { RestingPicture, type SavedRest } from './resting-picture';
import { filledIn, instanceOf, type Shown } from './shown';
import { SteadyMattes } from './smooth-matte';
import { edgeStillness, type StillMap } from './still-map';
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
  /** Null for a shot's first. */
  readonly map: StillMap | null;
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
}

interface Saved {
  readonly memory: Memory;
  readonly rest: SavedRest;
}

/** What followers remember and tell: raised where one can't go on as another would have. */
export const FOLLOWING = 3;
/** Frames after one that are known before it is told of: they confirm new objects and show which outlines stand out. */
export const LOOKAHEAD = 2;
/** Overlap from which on an object is not filled in where another one is. */
const COVERED = 0.4;
/** Of an object's edge, how much lies where nothing has changed, so that it can't have come just now. */
const UNCHANGED = 0.8;
/** Seconds for which an object that is out of sight keeps its number. */
const KEPT = 1;

const BEGINNING = {
  frame: 0,
  tracks: [],
  waiting: [],
  numbers: new Map<number, number>(),
  shown: new Map<number, Shown>(),
} as const;

/**
 * Follows objects through a shot: which of a frame are those of the frames before, steadied outlines, and what can't be
 * trusted. What is told of a frame comes when the next frames are known. Numbers are given in the order in which objects
 * are first told of, and never twice.
 */
export class Follower {
  readonly #minScore: number;
  readonly #mattes = new SteadyMattes();
  readonly #resting = new RestingPicture();
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
    const glimpse = glimpseOf(data, fitting);
    const still = this.#resting.compare(glimpse);
    const map = still && {
      still,
      width: glimpse.width,
      height: glimpse.height,
      across: width / glimpse.width,
      down: height / glimpse.height,
    };
    // Without outlines: they would be traced where what is remembered is written down.
    const sightings = distinct(detections, this.#minScore).map(({ classIndex, score, box, matte }) => ({
      detection: { classIndex, score, box, matte },
      look: appearanceOf(matte, data, fitting, across, down),
    }));
    const matched = matchTracks(tracks, sightings, moment);
    const taken = new Set(matched.values());
    const begun = sightings
      .filter((sighting) => !taken.has(sighting) && sighting.detection.score >= this.#minScore)
      .map((sighting, index) => {
        const appears = map !== null && edgeStillness(sighting.detection.matte, map) >= UNCHANGED;
        return beginTrack(nextKey + index, sighting, moment, appears);
      });
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
    const waiting = { ...moment, width, height, map, found };
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
    this.#resting.forget();
    return told;
  }

  /** For `restore`; can be cloned, and later calls don't change it. */
  save(): unknown {
    return { memory: this.#memory, rest: this.#resting.save() } satisfies Saved;
  }

  restore(saved: unknown): void {
    const { memory, rest } = saved as Saved;
    this.#memory = memory;
    this.#resting.restore(rest);
  }

  /** Of the frame that has waited longest. */
  async #tell(ending: boolean): Promise<Instance[]> {
    const [now, ...later] = this.#memory.waiting;
    if (!now) throw new Error('No frame waits.');
    const { tracks } = this.#memory;
    const shown = new Map(this.#memory.shown);
    const numbers = new Map(this.#memory.numbers);
    let { nextNumber } = this.#memory;
    const instances: Instance[] = [];
    const objects = this.#objectsOf(now, later, ending).map(([key, found]) => {
      const past = shown.get(key);
      return { key, found, before: past?.frame === now.frame - 1 ? past : null };
    });
    const { map } = now;
    const mattes = await Promise.all(
      objects.map(async ({ found: { matte }, before }) =>
        before && map ? await this.#mattes.steadied(before, matte, map) : { matte, mean: matte },
      ),
    );
    for (const [index, { key, found, before }] of objects.entries()) {
      const number = numbers.get(key) ?? nextNumber++;
      numbers.set(key, number);
      const { matte, mean } = mattes[index] ?? { matte: found.matte, mean: found.matte };
      const after = later[0]?.found.get(key)?.matte ?? null;
      instances.push(instanceOf(number, found, matte, { before: before?.found.matte ?? null, after }));
      shown.set(key, { frame: now.frame, found, matte, mean });
    }
    for (const [key, found, between] of gaps(now, later, shown)) {
      const before = shown.get(key);
      const number = numbers.get(key);
      const filled = before && number !== undefined ? filledIn(number, before, found, between, now) : null;
      // Another object is found where this one should be: it went by another number for a while.
      if (!filled || instances.some(({ matte }) => covers(matte, filled.found.matte))) continue;
      instances.push(filled.instance);
      const { matte } = filled.found;
      shown.set(key, { frame: now.frame, found: filled.found, matte, mean: matte });
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
    const wavering = new Set(tracks.filter((track) => track.wavering).map(({ key }) => key));
    const stays = (key: number): boolean =>
      ending && !wavering.has(key) && later.every(({ found }) => found.has(key));
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
