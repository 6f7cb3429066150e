import {
  CLASS_NAMES,
  COCO_CLASSES,
  MainObjects,
  simplifiedPath,
  type ClassName,
  type ContourDocument,
  type ObjectPath,
  type PathMoment,
} from '../../../app/shared';

/** Parts at most of a strip that shows how sure it is of an object over time. */
const STRIP_PARTS = 48;
/** How far a path may be from where an object was, over the picture's sides. */
const PATH_TOLERANCE = 0.004;
/** Moments and frames' times are both rounded, each to its own grain. */
const SLACK_SECONDS = 0.004;

type Annotation = ContourDocument['annotations'][number];

/** An object in a frame, in pixels of the upright picture. */
export interface SeenObject {
  readonly track: number;
  readonly className: ClassName;
  /** x and y by turns. */
  readonly polygons: readonly (readonly number[])[];
  /** Left, top, width, height. */
  readonly box: Annotation['bbox'];
  readonly score: number;
  readonly confidence: number;
  readonly outlier: boolean;
}

/** An object through all frames that were looked at. */
export interface FoundTrack {
  readonly track: number;
  readonly className: ClassName;
  readonly frames: number;
  /** Moments of the video, in seconds after its first frame. */
  readonly first: number;
  readonly last: number;
  /** Mean, 0 to 1. */
  readonly score: number;
  /** Share of its frames that depart from those around. */
  readonly outliers: number;
  /** Mean confidence in equal parts of the time that was looked at; null where it isn't seen. */
  readonly strip: readonly (number | null)[];
  /** Where it is seen best. */
  readonly best: { readonly moment: number; readonly box: Annotation['bbox'] };
}

interface SeenFrame {
  readonly moment: number;
  readonly objects: readonly SeenObject[];
}

/** How times of a stage's own frames come of moments of the video. */
export interface StageTime {
  /** Of the video's first frame. */
  readonly firstSeconds: number;
  /** By how much stages before stretch time. */
  readonly stretch: number;
}

/** What a look for objects found. */
export class FoundObjects {
  readonly width: number;
  readonly height: number;
  /** Those that are seen longest first, the larger of equals. */
  readonly tracks: readonly FoundTrack[];
  /** Numbers of those that are, at some time, among the ones that the shot is about. */
  readonly main: ReadonlySet<number>;
  readonly #frames: readonly SeenFrame[];

  /** @param start moment at which the part that was looked at begins */
  constructor(
    document: ContourDocument,
    readonly start: number,
  ) {
    const { width, height } = document.info.clearcut;
    this.width = width;
    this.height = height;
    const byImage = new Map<number, SeenObject[]>();
    for (const annotation of document.annotations) {
      const objects = byImage.get(annotation.image_id) ?? [];
      objects.push(seenObject(annotation));
      byImage.set(annotation.image_id, objects);
    }
    this.#frames = document.images
      .map(({ id, time }) => ({ moment: start + time, objects: byImage.get(id) ?? [] }))
      .sort((a, b) => a.moment - b.moment);
    this.tracks = this.#summaries();
    this.main = this.#mainOnes();
  }

  /** Of the last frame that was looked at. */
  get end(): number {
    return this.#frames.at(-1)?.moment ?? this.start;
  }

  /** Frames that were looked at. */
  get frames(): number {
    return this.#frames.length;
  }

  /** What is seen at a moment; null where nobody looked. */
  at(moment: number): readonly SeenObject[] | null {
    // The last frame that is not later, by halves.
    let [low, high] = [0, this.#frames.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#frames[middle]?.moment ?? 0) <= moment + SLACK_SECONDS) low = middle + 1;
      else high = middle;
    }
    const frame = this.#frames[low - 1];
    if (!frame || (low === this.#frames.length && moment > frame.moment + this.#usualGap)) return null;
    return frame.objects;
  }

  /** Where all objects are, for a job that uses the chosen ones. */
  paths(chosen: (track: number) => boolean, { firstSeconds, stretch }: StageTime): ObjectPath[] {
    const moments = new Map<number, PathMoment[]>();
    for (const { moment, objects } of this.#frames)
      for (const { track, box } of objects) {
        const [left, top, width, height] = box;
        const path = moments.get(track) ?? [];
        path.push({
          time: (firstSeconds + moment) * stretch,
          x0: left / this.width,
          y0: top / this.height,
          x1: (left + width) / this.width,
          y1: (top + height) / this.height,
        });
        moments.set(track, path);
      }
    return [...moments].map(([track, path]) =>
      simplifiedPath({ chosen: chosen(track), moments: path }, PATH_TOLERANCE),
    );
  }

  #mainOnes(): ReadonlySet<number> {
    const main = new MainObjects();
    return new Set(
      this.#frames.flatMap(({ objects }) => [
        ...main.next(objects.map(({ track, box: [, , width, height] }) => ({ track, width, height }))),
      ]),
    );
  }

  /** Longest time for which the last frame stands. */
  get #usualGap(): number {
    const span = this.end - (this.#frames[0]?.moment ?? this.start);
    return this.#frames.length > 1 ? (1.5 * span) / (this.#frames.length - 1) : 0.05;
  }

  #summaries(): FoundTrack[] {
    const seen = new Map<number, { moment: number; object: SeenObject }[]>();
    for (const { moment, objects } of this.#frames)
      for (const object of objects) {
        const places = seen.get(object.track) ?? [];
        places.push({ moment, object });
        seen.set(object.track, places);
      }
    const areaOf = ({ best: { box } }: FoundTrack): number => box[2] * box[3];
    return [...seen]
      .map(([track, places]) => this.#summary(track, places))
      .sort((a, b) => b.frames - a.frames || areaOf(b) - areaOf(a) || a.track - b.track);
  }

  #summary(
    track: number,
    places: readonly { readonly moment: number; readonly object: SeenObject }[],
  ): FoundTrack {
    const [first] = places;
    if (!first) throw new Error('A track has at least one frame.');
    const best = places.reduce((most, place) =>
      worthOf(place.object) > worthOf(most.object) ? place : most,
    );
    const sum = (value: (object: SeenObject) => number): number =>
      places.reduce((total, { object }) => total + value(object), 0);
    return {
      track,
      className: first.object.className,
      frames: places.length,
      first: first.moment,
      last: places.at(-1)?.moment ?? first.moment,
      score: sum(({ score }) => score) / places.length,
      outliers: sum(({ outlier }) => (outlier ? 1 : 0)) / places.length,
      strip: this.#strip(places),
      best: { moment: best.moment, box: best.object.box },
    };
  }

  #strip(places: readonly { readonly moment: number; readonly object: SeenObject }[]): (number | null)[] {
    // No more than there are frames: a part without one would look as if the object were away.
    const count = Math.min(STRIP_PARTS, this.frames);
    const parts = Array.from({ length: count }, () => ({ sum: 0, count: 0 }));
    const span = Math.max(1e-9, this.end - this.start);
    for (const { moment, object } of places) {
      const part = parts[Math.min(count - 1, Math.floor(((moment - this.start) / span) * count))];
      if (!part) continue;
      part.sum += object.confidence;
      part.count += 1;
    }
    return parts.map(({ sum, count }) => (count === 0 ? null : sum / count));
  }
}

/** How well an object can be seen: large, sure, and as it is around. */
function worthOf({ box: [, , width, height], confidence, outlier }: SeenObject): number {
  return Math.sqrt(width * height) * confidence * (outlier ? 0.5 : 1);
}

function seenObject({
  category_id,
  track_id,
  segmentation,
  bbox,
  score,
  confidence,
  outlier,
}: Annotation): SeenObject {
  const index = COCO_CLASSES.findIndex(({ id }) => id === category_id);
  return {
    track: track_id,
    className: CLASS_NAMES[index] ?? 'person',
    polygons: segmentation,
    ...{ box: bbox, score, confidence, outlier },
  };
}
