import type { SequenceStatistics } from '../../../shared';
import { iou, type Region } from './region';

/** Over values of 0 to 1, one a frame (Perazzi et al. 2016, §5; quarters share the frames at which they meet). */
export function statisticsOf(values: readonly number[]): SequenceStatistics {
  const last = values.length - 1;
  const quarter = (part: number): number => Math.round((last * part) / 4);
  return {
    mean: mean(values),
    recall: values.filter((value) => value > 0.5).length / values.length,
    decay: mean(values.slice(0, quarter(1) + 1)) - mean(values.slice(quarter(3))),
  };
}

/**
 * How much more, or less, masks change from one frame to the next than the true ones: the mean over neighbouring
 * frames of the difference between the IoU of both predicted masks and that of both true ones. What moves with the
 * object, an outline that is always a little too wide, counts next to nothing. Null for a single frame.
 */
export function flickerOf(found: readonly Region[], truth: readonly Region[]): number | null {
  const ofFound = neighbourIous(found);
  const ofTruth = neighbourIous(truth);
  return ofFound.length === 0
    ? null
    : mean(ofFound.map((value, index) => Math.abs(value - (ofTruth[index] ?? 0))));
}

/** IoU of each two regions that follow each other. */
export function neighbourIous(regions: readonly Region[]): number[] {
  return regions.slice(1).map((region, index) => iou(regions[index] ?? region, region));
}

/** An object that was found in a frame under the identity it was given. */
export interface TrackedRegion {
  readonly track: number;
  readonly region: Region;
}

/** Overlap from which on a track covers the object. */
const COVERED = 0.5;

/** The track that covers the object in each frame: the one that overlaps it most, by at least a half; else null. */
export function coveringTracks(
  frames: readonly (readonly TrackedRegion[])[],
  truth: readonly Region[],
): (number | null)[] {
  return truth.map((object, index) => {
    let best: { track: number; overlap: number } | null = null;
    for (const { track, region } of frames[index] ?? []) {
      const overlap = iou(region, object);
      if (object.area > 0 && overlap >= Math.max(COVERED, best?.overlap ?? 0)) best = { track, overlap };
    }
    return best?.track ?? null;
  });
}

/** How often the object comes under another identity than the last time it was covered; gaps don't count. */
export function identitySwitches(covering: readonly (number | null)[]): number {
  const known = covering.filter((track) => track !== null);
  return known.filter((track, index) => index > 0 && track !== known[index - 1]).length;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
