import { join } from 'node:path';
import {
  CLASS_NAMES,
  throwIfCancelled,
  UserError,
  type BestTrackScore,
  type EvalTrackRequest,
  type EvalTrackResult,
  type TrackSequenceScore,
} from '../../../shared';
import type { RgbImage } from '../read-image';
import type { EvalContext, Finder, FollowedRegion, OpenFinder } from './finder';
import { foreignMasks } from './foreign-masks';
import { readMask, type MaskFile } from './mask-file';
import { readPicture } from './masked-picture';
import { openNetwork } from './network';
import { unionOf } from './region';
import { coveringTracks, identitySwitches, mean } from './through-time';
import { maskedSequences, type MaskedSequence } from './track-data';
import { bestTracks, similarity, togetherIn, trackScore, tracksOf, type Track } from './track-score';

/**
 * Objects that are followed through video, against a true mask in every frame.
 * @throws UserError no-such-file, no-media, unsupported-input, damaged-input, bad-usage, model-missing; CancelledError
 */
export async function evalTrack(
  request: EvalTrackRequest,
  context: EvalContext,
  openFinder: OpenFinder = openNetwork,
): Promise<EvalTrackResult> {
  const { directory, masks } = request;
  const { signal, onProgress } = context;
  const sequences = await maskedSequences(directory);
  const finder = masks === undefined ? await openFinder(request) : null;
  const scores: TrackSequenceScore[] = [];
  try {
    for (const sequence of sequences) {
      throwIfCancelled(signal);
      const truth = await trueMasks(sequence);
      const score = finder
        ? await byNetwork(sequence, truth, finder, signal)
        : await byMasks(sequence, truth, join(masks ?? '', sequences.length > 1 ? sequence.name : ''));
      scores.push(score);
      onProgress(`${sequence.name}: J ${(score.best ?? score.union).j.mean.toFixed(3)}`);
    }
  } finally {
    await finder?.close();
  }
  return { directory, method: finder?.description ?? `masks of ${masks}`, sequences: scores };
}

async function byMasks(
  sequence: MaskedSequence,
  truth: readonly MaskFile[],
  folder: string,
): Promise<TrackSequenceScore> {
  const foreign = await foreignMasks(folder);
  const found = [];
  for (const [index, mask] of truth.entries())
    found.push(await foreign.of(sequence.frames[index]?.name ?? '', mask));
  return {
    ...factsOf(sequence, truth),
    ...{ tracks: 0, best: null, together: null, switches: null, secondsPerFrame: null },
    union: trackScore(found, truth),
  };
}

async function byNetwork(
  sequence: MaskedSequence,
  truth: readonly MaskFile[],
  finder: Finder,
  signal: AbortSignal,
): Promise<TrackSequenceScore> {
  const { frames, secondsPerFrame } = await followed(sequence, truth, finder, signal);
  const tracks = tracksOf(frames);
  const regions = truth.map(({ region }) => region);
  return {
    ...factsOf(sequence, truth),
    tracks: tracks.length,
    best: bestOf(tracks, frames, truth),
    together: trackScore(togetherIn(bestTracks(tracks, truth), truth.length), truth),
    union: trackScore(
      frames.map((found) => unionOf(found.map(({ region }) => region))),
      truth,
    ),
    switches: identitySwitches(coveringTracks(frames, regions)),
    secondsPerFrame,
  };
}

function factsOf(
  { name, frames }: MaskedSequence,
  [first]: readonly MaskFile[],
): Pick<TrackSequenceScore, 'name' | 'frames' | 'width' | 'height'> {
  return { name, frames: frames.length, width: first?.width ?? 0, height: first?.height ?? 0 };
}

/** The score of the one track with the highest mean J; null where none touches the object. */
function bestOf(
  tracks: readonly Track[],
  frames: readonly (readonly FollowedRegion[])[],
  truth: readonly MaskFile[],
): BestTrackScore | null {
  const ranked = tracks
    .map((track) => ({ track, j: similarity(track.regions, truth) }))
    .sort((a, b) => mean(b.j) - mean(a.j));
  const [best] = ranked;
  if (!best || mean(best.j) === 0) return null;
  const { track, regions } = best.track;
  const ofTrack = frames.map((found) => found.find((one) => one.track === track));
  const there = ofTrack.filter((one) => one !== undefined);
  const flagged = best.j.filter((_, frame) => ofTrack[frame]?.outlier === true);
  return {
    track,
    className: CLASS_NAMES[there[0]?.classIndex ?? 0] ?? '',
    flagged: flagged.length / there.length,
    flaggedJ: flagged.length === 0 ? null : mean(flagged),
    ...trackScore(regions, truth),
  };
}

async function followed(
  { name, frames: items }: MaskedSequence,
  truth: readonly MaskFile[],
  finder: Finder,
  signal: AbortSignal,
): Promise<{ frames: (readonly FollowedRegion[])[]; secondsPerFrame: number | null }> {
  let reading = 0;
  async function* shot(): AsyncGenerator<RgbImage> {
    for (const [index, mask] of truth.entries()) {
      throwIfCancelled(signal);
      const item = items[index];
      if (!item) throw new Error(`${name} has more masks than frames.`);
      const from = performance.now();
      const picture = await readPicture(item, mask);
      reading += performance.now() - from;
      yield picture;
    }
  }
  const frames: (readonly FollowedRegion[])[] = [];
  // The first frame makes buffers, which a video does once.
  let start: { readonly at: number; readonly reading: number } | null = null;
  for await (const found of finder.follow(shot())) {
    frames.push(found);
    start ??= { at: performance.now(), reading };
  }
  if (frames.length !== items.length)
    throw new Error(`${finder.description} gave ${frames.length} of the ${items.length} frames of ${name}.`);
  const computing = start ? performance.now() - start.at - (reading - start.reading) : 0;
  return { frames, secondsPerFrame: frames.length < 2 ? null : computing / 1000 / (frames.length - 1) };
}

async function trueMasks({ frames }: MaskedSequence): Promise<MaskFile[]> {
  const masks: MaskFile[] = [];
  for (const { mask } of frames) {
    const read = await readMask(mask);
    const [first] = masks;
    if (first && (read.width !== first.width || read.height !== first.height))
      throw new UserError(
        'unsupported-input',
        `${mask} (${read.width}×${read.height}) is not as large as the first (${first.width}×${first.height}): make all equal.`,
      );
    masks.push(read);
  }
  return masks;
}
