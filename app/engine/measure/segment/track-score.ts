import type { TrackScore } from '../../../shared';
import { chooseGreedily } from './choose';
import { boundaryF } from './davis-boundary';
import type { MaskFile } from './mask-file';
import { EMPTY, iou, unionOf, type Region } from './region';
import { flickerOf, mean, statisticsOf } from './through-time';

/** Where a track is in each frame; nothing where it isn't. */
export interface Track {
  readonly track: number;
  readonly regions: readonly Region[];
}

/** The tracks of a sequence by number, out of what was found frame by frame. */
export function tracksOf(
  frames: readonly (readonly { readonly track: number; readonly region: Region }[])[],
): Track[] {
  const numbers = [...new Set(frames.flatMap((found) => found.map(({ track }) => track)))].sort(
    (a, b) => a - b,
  );
  return numbers.map((track) => ({
    track,
    regions: frames.map((found) =>
      unionOf(found.filter((one) => one.track === track).map(({ region }) => region)),
    ),
  }));
}

/** Those tracks whose union has the highest mean J over the sequence, as far as a greedy choice finds them. */
export function bestTracks(tracks: readonly Track[], truth: readonly MaskFile[]): readonly Track[] {
  return chooseGreedily(tracks, (set) => mean(similarity(togetherIn(set, truth.length), truth))).chosen;
}

/** The union of some tracks, frame by frame. */
export function togetherIn(tracks: readonly Track[], frames: number): Region[] {
  return Array.from({ length: frames }, (_, frame) =>
    unionOf(tracks.map(({ regions }) => regions[frame] ?? EMPTY)),
  );
}

/** J in each frame. */
export function similarity(found: readonly Region[], truth: readonly MaskFile[]): number[] {
  return truth.map(({ region }, frame) => iou(found[frame] ?? EMPTY, region));
}

/** All that is measured of masks over a sequence. */
export function trackScore(found: readonly Region[], truth: readonly MaskFile[]): TrackScore {
  const contours = truth.map((mask, frame) => boundaryF(found[frame] ?? EMPTY, mask.region, mask));
  return {
    j: statisticsOf(similarity(found, truth)),
    f: statisticsOf(contours),
    flicker: flickerOf(
      found,
      truth.map(({ region }) => region),
    ),
  };
}
