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
export function steadied(shown: Matte, before: Matte, now: Matte, map: StillMap): Matte {
  const calm = STEADY * calmness(before, now, map);
  if (calm === 0) return now;
  const x = Math.min(shown.x, now.x);
  const y = Math.min(shown.y, now.y);
  const width = Math.max(shown.x + shown.width, now.x + now.width) - x;
  const height = Math.max(shown.y + shown.height, now.y + now.height) - y;
  const data = new Uint8Array(width * height);
  place(now, data, x, y, width);
  const columns = Int32Array.from({ length: width }, (_, at) =>
    Math.min(Math.floor((x + at + 0.5) / map.across), map.width - 1),
  );
  const blend = (at: number, column: number, mapRow: number, past: number): void => {
    const raw = data[at] ?? 0;
    if (raw === past) return;
    const share = calm * ((map.still[mapRow + (columns[column] ?? 0)] ?? 0) / 255);
    // Cut off, so that what was shown is left behind altogether in the end.
    data[at] = raw + Math.trunc((past - raw) * share);
  };
  for (let row = 0; row < height; row++) {
    const mapRow = Math.min(Math.floor((y + row + 0.5) / map.down), map.height - 1) * map.width;
    const shownRow = y + row - shown.y;
    const inside = shownRow >= 0 && shownRow < shown.height;
    const from = shownRow * shown.width - (shown.x - x);
    for (let column = 0, at = row * width; column < width; column++, at++) {
      const within = inside && column >= shown.x - x && column < shown.x - x + shown.width;
      blend(at, column, mapRow, within ? (shown.data[from + column] ?? 0) : 0);
    }
  }
  return trimmed({ x, y, width, height, data }) ?? now;
}

/** 1 for an object that rests, 0 for one that moves as a whole. */
function calmness(before: Matte, now: Matte, { across, down }: StillMap): number {
  const [fromX, fromY] = matteMiddle(before);
  const [toX, toY] = matteMiddle(now);
  const moved = Math.hypot((toX - fromX) / across, (toY - fromY) / down);
  return Math.min(Math.max((MOVING - moved) / (MOVING - RESTING), 0), 1);
}

function place(matte: Matte, data: Uint8Array, x: number, y: number, width: number): void {
  for (let row = 0; row < matte.height; row++)
    data.set(
      matte.data.subarray(row * matte.width, (row + 1) * matte.width),
      (matte.y - y + row) * width + matte.x - x,
    );
}
