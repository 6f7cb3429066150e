import { processKernels } from '../../../runtime';
import type { Matte } from '../instances';
import { trimmed } from '../matte';
import { matteMiddle } from './matte-overlap';

/** Where a frame is still, and how many of the frame's pixels one of these is. */
export interface StillMap {
  /** 255 where nothing has changed since the frame before, 0 where something has. */
  readonly still: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly down: number;
}

/** Of what was shown before, where a frame is still: single frames' noise becomes a third. */
const STEADY = 0.8;
/** Of the map's pixels, how many an object that rests may seem to move as a whole, and from how many on it surely does. */
const RESTING = 0.08;
const MOVING = 0.3;

/**
 * A matte that is steady where the picture is, and follows at once where it is not: what was shown before counts as far as
 * nothing has changed there, and the object as a whole has not moved.
 */
export async function steadied(shown: Matte, before: Matte, now: Matte, map: StillMap): Promise<Matte> {
  const weight = Math.round(256 * STEADY * calmness(before, now, map));
  if (weight === 0) return now;
  const x = Math.min(shown.x, now.x);
  const y = Math.min(shown.y, now.y);
  const width = Math.max(shown.x + shown.width, now.x + now.width) - x;
  const height = Math.max(shown.y + shown.height, now.y + now.height) - y;
  const data = new Uint8Array(width * height);
  const placed = (matte: Matte): Matte => ({ ...matte, x: matte.x - x, y: matte.y - y });
  await processKernels().steadyMatte({
    now: placed(now),
    told: placed(shown),
    still: map.still,
    mapWidth: map.width,
    columns: places(x, width, map.across, map.width),
    rows: places(y, height, map.down, map.height),
    weight,
    target: data,
  });
  return trimmed({ x, y, width, height, data }) ?? now;
}

/** Of some pixels of the frame in a row or column, the map's. */
function places(start: number, count: number, scale: number, length: number): Int32Array {
  const found = new Int32Array(count);
  for (let at = 0; at < count; at++) found[at] = Math.min(Math.floor((start + at + 0.5) / scale), length - 1);
  return found;
}

/** 1 for an object that rests, 0 for one that moves as a whole. */
function calmness(before: Matte, now: Matte, { across, down }: StillMap): number {
  const [fromX, fromY] = matteMiddle(before);
  const [toX, toY] = matteMiddle(now);
  const moved = Math.hypot((toX - fromX) / across, (toY - fromY) / down);
  return Math.min(Math.max((MOVING - moved) / (MOVING - RESTING), 0), 1);
}
