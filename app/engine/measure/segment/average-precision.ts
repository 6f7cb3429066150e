/** Overlap from which on a detection can be right: .5, .55 … .95. */
export const THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, step) => (10 + step) / 20);
/** Recall at which precision is read: 0, .01 … 1. */
const RECALL_STEPS = 100;
/** Detections of a class in a picture that count, the surest first. */
export const MOST_DETECTIONS = 100;

/** What was found of one class in one picture, beside what is there. */
export interface PictureCase {
  /** Of the detections, in any order. */
  readonly scores: readonly number[];
  /** Of the objects: true for a crowd, which may be found any number of times and need not be. */
  readonly crowd: readonly boolean[];
  /** By detection, then object: how far they agree, 0 to 1. */
  readonly overlap: readonly (readonly number[])[];
}

/** Of one class: average precision by threshold, in the order of `THRESHOLDS`. */
export type Precisions = readonly number[];

/**
 * Average precision as COCO's evaluator reckons it (areas of all sizes): per threshold, detections from the surest on
 * take the object that they overlap most and that isn't taken; what then matches only a crowd counts neither way.
 * Precision, made to fall with recall, is read at 101 recalls. Null for a class of which no object is there.
 */
export function averagePrecisions(pictures: readonly PictureCase[]): Precisions | null {
  const objects = pictures.reduce((sum, { crowd }) => sum + crowd.filter((is) => !is).length, 0);
  if (objects === 0) return null;
  const ranked = pictures.map(surestFirst);
  return THRESHOLDS.map((threshold) => {
    const verdicts = ranked.flatMap((picture) => judge(picture, threshold));
    // Stable, as the evaluator's sort: of equal scores the earlier picture's comes first.
    verdicts.sort((a, b) => b.score - a.score);
    return meanPrecision(
      verdicts.map(({ right }) => right),
      objects,
    );
  });
}

function surestFirst({ scores, crowd, overlap }: PictureCase): PictureCase {
  const order = scores
    .map((_, index) => index)
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
    .slice(0, MOST_DETECTIONS);
  // Crowds last: a detection takes one only where it finds no object.
  const objects = crowd.map((_, index) => index).sort((a, b) => Number(crowd[a]) - Number(crowd[b]));
  return {
    scores: order.map((index) => scores[index] ?? 0),
    crowd: objects.map((index) => crowd[index] ?? false),
    overlap: order.map((index) => objects.map((object) => overlap[index]?.[object] ?? 0)),
  };
}

/** A detection that counts. */
interface Verdict {
  readonly score: number;
  readonly right: boolean;
}

function judge({ scores, crowd, overlap }: PictureCase, threshold: number): Verdict[] {
  const taken = new Set<number>();
  return scores.flatMap((score, detection): Verdict[] => {
    let best = threshold;
    let match: number | null = null;
    for (const [object, isCrowd] of crowd.entries()) {
      if (taken.has(object)) continue;
      if (isCrowd && match !== null && crowd[match] === false) break;
      const agreement = overlap[detection]?.[object] ?? 0;
      if (agreement < best) continue;
      best = agreement;
      match = object;
    }
    if (match === null) return [{ score, right: false }];
    if (crowd[match]) return [];
    taken.add(match);
    return [{ score, right: true }];
  });
}

/** Of detections in falling order of score: the mean of precision at 101 recalls. */
function meanPrecision(right: readonly boolean[], objects: number): number {
  let found = 0;
  const curve = right.map((is, index) => {
    if (is) found++;
    return { recall: found / objects, precision: found / (index + 1) };
  });
  let best = 0;
  const falling = curve.toReversed().map(({ recall, precision }) => {
    best = Math.max(best, precision);
    return { recall, precision: best };
  });
  falling.reverse();
  let sum = 0;
  let at = 0;
  for (let step = 0; step <= RECALL_STEPS; step++) {
    // As numpy spaces them, so that ties fall as they do there.
    const wanted = step * (1 / RECALL_STEPS);
    while ((falling[at]?.recall ?? 1) < wanted && at < falling.length) at++;
    sum += falling[at]?.precision ?? 0;
  }
  return sum / (RECALL_STEPS + 1);
}
