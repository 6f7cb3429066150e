import type { SegmentClassScore, SegmentScore } from '../../../shared';
import type { FoundObject, Picture, TrueObject } from './annotations';
import { averagePrecisions, THRESHOLDS, type PictureCase, type Precisions } from './average-precision';
import { bandWidth, boundaryBand } from './boundary-band';
import { intersection, iou, type Region } from './region';

/** What was found of one class, picture by picture, by both measures of overlap. */
interface ClassCases {
  readonly mask: PictureCase[];
  readonly boundary: PictureCase[];
}

interface Outlined<T> {
  readonly object: T;
  readonly band: Region;
}

/** Adds up, class by class, what was found in pictures beside what is there. */
export class ClassScores {
  readonly #cases = new Map<number, ClassCases>();

  constructor(private readonly categories: readonly { readonly id: number; readonly name: string }[]) {
    for (const { id } of categories) this.#cases.set(id, { mask: [], boundary: [] });
  }

  add(picture: Picture, objects: readonly TrueObject[], found: readonly FoundObject[]): void {
    const width = bandWidth(picture.width, picture.height);
    const outlined = <T extends TrueObject | FoundObject>(object: T): Outlined<T> => ({
      object,
      band: boundaryBand(object.region, width),
    });
    for (const [category, { mask, boundary }] of this.#cases) {
      const ours = found.filter((one) => one.category === category).map(outlined);
      const theirs = objects.filter((one) => one.category === category).map(outlined);
      if (ours.length === 0 && theirs.length === 0) continue;
      const scores = ours.map(({ object }) => object.score);
      const crowd = theirs.map(({ object }) => object.crowd);
      const overlaps = ours.map((one) => theirs.map((other) => overlap(one, other)));
      mask.push({ scores, crowd, overlap: overlaps.map((row) => row.map((pair) => pair.mask)) });
      boundary.push({ scores, crowd, overlap: overlaps.map((row) => row.map((pair) => pair.boundary)) });
    }
  }

  /** Of the classes of which an object is there, in the annotations' order. */
  classes(): SegmentClassScore[] {
    return this.categories.flatMap(({ id, name }) => {
      const { mask = [], boundary = [] } = this.#cases.get(id) ?? {};
      const byMask = averagePrecisions(mask);
      const byBoundary = averagePrecisions(boundary);
      if (!byMask || !byBoundary) return [];
      return {
        name,
        objects: sum(mask.map(({ crowd }) => crowd.filter((is) => !is).length)),
        found: sum(mask.map(({ scores }) => scores.length)),
        mask: precisionOf(byMask),
        boundary: precisionOf(byBoundary),
      };
    });
  }
}

/** The mean over classes, each counting the same. */
export function meanScore(classes: readonly SegmentScore[]): SegmentScore {
  const of = (measure: keyof SegmentScore): SegmentScore['mask'] => ({
    ap: sum(classes.map((score) => score[measure].ap)) / classes.length,
    ap50: sum(classes.map((score) => score[measure].ap50)) / classes.length,
    ap75: sum(classes.map((score) => score[measure].ap75)) / classes.length,
  });
  return { mask: of('mask'), boundary: of('boundary') };
}

/**
 * IoU of masks, and the lesser of it and that of the bands along their edges. A crowd is no single object: of it,
 * both are the share of the detection that lies in it.
 */
function overlap(
  { object: found, band }: Outlined<FoundObject>,
  truth: Outlined<TrueObject>,
): { readonly mask: number; readonly boundary: number } {
  const { region, crowd } = truth.object;
  if (crowd) {
    const share = found.region.area === 0 ? 0 : intersection(found.region, region) / found.region.area;
    return { mask: share, boundary: share };
  }
  const mask = iou(found.region, region);
  return { mask, boundary: mask === 0 ? 0 : Math.min(mask, iou(band, truth.band)) };
}

function precisionOf(precisions: Precisions): SegmentScore['mask'] {
  const at = (threshold: number): number => precisions[THRESHOLDS.indexOf(threshold)] ?? 0;
  return { ap: sum(precisions) / precisions.length, ap50: at(0.5), ap75: at(0.75) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
