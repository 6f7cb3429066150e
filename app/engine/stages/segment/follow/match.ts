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

/** Overlap from which on an object may be taken for another class. */
const AS_ANOTHER = 0.5;
/** What a track that was seen in so many frames has ahead of a new one. */
const KNOWN = 0.1;
const LONG = 12;
/** What a track that is out of sight has behind one that isn't. */
const BEHIND = 0.2;
/** Of what is likely at all. */
const LEAST = 0.01;

/**
 * Which sighting continues each track: the best in all, of those that are likely enough (Kuhn and Munkres' assignment).
 * An object may be taken for another class for a while, where its outline lies over what it was.
 */
export function matchTracks(
  tracks: readonly Track[],
  sightings: readonly Sighting[],
  moment: Moment,
): ReadonlyMap<Track, Sighting> {
  if (tracks.length === 0 || sightings.length === 0) return new Map();
  const likelihoods = tracks.map((track) => sightings.map((sighting) => likelihood(track, sighting, moment)));
  // By the cube, so that no likely pair is given up for two that are hardly likely.
  const costs = likelihoods.map((row) => row.map((value) => -(value ** 3)));
  const matched = new Map<Track, Sighting>();
  for (const [row, column] of munkres(costs)) {
    const [track, sighting] = [tracks[row], sightings[column]];
    if (track && sighting && (likelihoods[row]?.[column] ?? 0) > 0) matched.set(track, sighting);
  }
  return matched;
}

/** 0 where it can't be the same object. */
function likelihood(track: Track, { detection, look }: Sighting, { frame, seconds }: Moment): number {
  const weights = frame - track.lastFrame === 1 ? SEEN : LOST;
  const [moveX, moveY] = movedSince(track, seconds);
  const [x, y] = middleOf(track.detection.box);
  const [toX, toY] = middleOf(detection.box);
  const { x0, y0, x1, y1 } = track.detection.box;
  const unseen = weights === LOST ? seconds - track.lastSeconds : 0;
  const size = Math.sqrt((x1 - x0) * (y1 - y0)) * (1 + ASTRAY * unseen);
  const away = Math.hypot(toX - x - moveX, toY - y - moveY) / Math.max(1, size);
  const overlap = matteOverlap(track.detection.matte, detection.matte, moveX, moveY);
  const sameClass = track.classes.has(detection.classIndex);
  if (!sameClass && overlap < AS_ANOTHER) return 0;
  const value =
    weights.overlap * overlap +
    weights.look * likeness(track.look, look) +
    weights.nearness * Math.exp(-(away ** 2));
  // Of two that are as likely, the one that is known longer goes on.
  const known = KNOWN * Math.min(track.sightings / LONG, 1);
  const less = (weights === LOST ? BEHIND : 0) + (sameClass ? 0 : KNOWN);
  return value >= weights.least ? Math.max(value + known - less, LEAST) : 0;
}
