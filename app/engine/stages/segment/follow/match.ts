import { munkres } from 'munkres';
import { likeness } from './appearance';
import { matteOverlap } from './matte-overlap';
import { middleOf, movedSince, type Moment, type Sighting, type Track } from './track';

/** What tells that a sighting is a track's object, and how much it has to be. */
interface Weights {
  readonly overlap: number;
  readonly look: number;
  readonly nearness: number;
  readonly least: number;
}

/** Seen in the frame before: outlines lie over one another. */
const SEEN: Weights = { overlap: 0.6, look: 0.2, nearness: 0.2, least: 0.35 };
/** Out of sight: it may be somewhere else, so its look tells more. */
const LOST: Weights = { overlap: 0.2, look: 0.5, nearness: 0.3, least: 0.6 };
/** By which share of its size an object may be off its way, a second out of sight. */
const ASTRAY = 3;

/**
 * Which sighting continues each track: the best in all, of those that are likely enough (Kuhn and Munkres' assignment).
 * Tracks and sightings of different classes are never the same object.
 */
export function matchTracks(
  tracks: readonly Track[],
  sightings: readonly Sighting[],
  moment: Moment,
): ReadonlyMap<Track, Sighting> {
  if (tracks.length === 0 || sightings.length === 0) return new Map();
  const likelihoods = tracks.map((track) => sightings.map((sighting) => likelihood(track, sighting, moment)));
  const costs = likelihoods.map((row) => row.map((value) => 1 - value));
  const matched = new Map<Track, Sighting>();
  for (const [row, column] of munkres(costs)) {
    const [track, sighting] = [tracks[row], sightings[column]];
    if (track && sighting && (likelihoods[row]?.[column] ?? 0) > 0) matched.set(track, sighting);
  }
  return matched;
}

/** 0 where it can't be the same object. */
function likelihood(track: Track, { detection, look }: Sighting, { frame, seconds }: Moment): number {
  if (detection.classIndex !== track.detection.classIndex) return 0;
  const weights = frame - track.lastFrame === 1 ? SEEN : LOST;
  const [moveX, moveY] = movedSince(track, seconds);
  const [x, y] = middleOf(track.detection.box);
  const [toX, toY] = middleOf(detection.box);
  const { x0, y0, x1, y1 } = track.detection.box;
  const unseen = weights === LOST ? seconds - track.lastSeconds : 0;
  const size = Math.sqrt((x1 - x0) * (y1 - y0)) * (1 + ASTRAY * unseen);
  const away = Math.hypot(toX - x - moveX, toY - y - moveY) / Math.max(1, size);
  const value =
    weights.overlap * matteOverlap(track.detection.matte, detection.matte, moveX, moveY) +
    weights.look * likeness(track.look, look) +
    weights.nearness * Math.exp(-(away ** 2));
  return value >= weights.least ? value : 0;
}
