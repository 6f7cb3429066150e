import type { Instance, Matte } from '../instances';
import { trimmed } from '../matte';
import { tracedLazily } from '../trace-outlines';
import { matteMiddle, matteOverlap } from './matte-overlap';
import type { Steadied } from './smooth-matte';
import { middleOf, movedBox, type Found } from './track';

/** What was told of an object in a frame. */
export interface Shown extends Steadied {
  readonly frame: number;
  /** As the network found it. */
  readonly found: Found;
}

/** An object's outline in the frames before and after one, null where it is not there. */
export interface Neighbours {
  readonly before: Matte | null;
  readonly after: Matte | null;
}

/** Neighbours that agree so much tell what the frame between them should look like. */
const AGREEING = 0.75;
/** A frame that agrees with both by so much less than they do with each other stands out. */
const STANDING_OUT = 0.15;

/** How far a frame's outline agrees with those around, 0 to 1, and whether it stands out; motion as a whole counts for nothing. */
export function agreement(
  now: Matte,
  { before, after }: Neighbours,
): { readonly share: number; readonly outlier: boolean } {
  const earlier = before && alignedOverlap(before, now);
  const later = after && alignedOverlap(now, after);
  const best = Math.max(earlier ?? 0, later ?? 0);
  if (earlier === null && later === null) return { share: 1, outlier: false };
  if (!before || !after) return { share: best, outlier: false };
  const across = alignedOverlap(before, after);
  return { share: best, outlier: across >= AGREEING && best < across - STANDING_OUT };
}

function alignedOverlap(a: Matte, b: Matte): number {
  const [fromX, fromY] = matteMiddle(a);
  const [toX, toY] = matteMiddle(b);
  return matteOverlap(a, b, toX - fromX, toY - fromY);
}

/** An object that was found, with the number it goes by. */
export function instanceOf(track: number, found: Found, matte: Matte, neighbours: Neighbours): Instance {
  const { share, outlier } = agreement(found.matte, neighbours);
  const { classIndex, score, box } = found;
  return tracedLazily({ classIndex, score, box, matte, track, confidence: (score + share) / 2, outlier });
}

/** An object that is missing between two frames that show it, where it should be; null where that is out of the frame. */
export function filledIn(
  track: number,
  before: Shown,
  after: Found,
  framesBetween: number,
  frame: { readonly width: number; readonly height: number },
): { readonly instance: Instance; readonly found: Found } | null {
  const [fromX, fromY] = middleOf(before.found.box);
  const [toX, toY] = middleOf(after.box);
  const moveX = Math.round((toX - fromX) / (framesBetween + 1));
  const moveY = Math.round((toY - fromY) / (framesBetween + 1));
  const matte = moved(before.matte, moveX, moveY, frame);
  if (!matte) return null;
  const score = Math.min(before.found.score, after.score);
  const { classIndex } = after;
  const found = { classIndex, score, box: movedBox(before.found.box, moveX, moveY), matte };
  return { instance: tracedLazily({ ...found, track, confidence: score / 2, outlier: false }), found };
}

function moved(
  { x, y, width, height, data }: Matte,
  moveX: number,
  moveY: number,
  frame: { readonly width: number; readonly height: number },
): Matte | null {
  const x0 = Math.max(0, x + moveX);
  const y0 = Math.max(0, y + moveY);
  const x1 = Math.min(frame.width, x + moveX + width);
  const y1 = Math.min(frame.height, y + moveY + height);
  if (x1 <= x0 || y1 <= y0) return null;
  const kept = new Uint8Array((x1 - x0) * (y1 - y0));
  for (let row = y0; row < y1; row++) {
    const from = (row - moveY - y) * width + x0 - moveX - x;
    kept.set(data.subarray(from, from + x1 - x0), (row - y0) * (x1 - x0));
  }
  return trimmed({ x: x0, y: y0, width: x1 - x0, height: y1 - y0, data: kept });
}
