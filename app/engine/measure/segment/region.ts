import type { Matte } from '../../frames';

/** Pixels of an object: those of a rectangle of the frame, nothing outside. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 1 for a pixel of the object, else 0; rows without padding. */
  readonly data: Uint8Array;
  /** How many pixels are the object's. */
  readonly area: number;
}

export const EMPTY: Region = { x: 0, y: 0, width: 0, height: 0, data: new Uint8Array(0), area: 0 };

/** Coverage from which on a pixel belongs to the object: a half. */
export const HALF_COVERED = 128;

/** The pixels of `coverage` (0 to 255, of a rectangle at `x`, `y`) from `least` on, in the smallest rectangle that holds them. */
export function regionOf(coverage: Matte, least = HALF_COVERED): Region {
  const { width, height, data } = coverage;
  let [left, right, top, bottom, area] = [width, -1, height, -1, 0];
  for (let y = 0, index = 0; y < height; y++)
    for (let x = 0; x < width; x++, index++) {
      if ((data[index] ?? 0) < least) continue;
      area++;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  if (area === 0) return EMPTY;
  const [across, down] = [right - left + 1, bottom - top + 1];
  const pixels = new Uint8Array(across * down);
  for (let y = 0, index = 0; y < down; y++)
    for (let x = 0, from = (top + y) * width + left; x < across; x++, from++, index++)
      pixels[index] = (data[from] ?? 0) < least ? 0 : 1;
  return { x: coverage.x + left, y: coverage.y + top, width: across, height: down, data: pixels, area };
}

/** How many pixels two regions have in common. */
export function intersection(one: Region, other: Region): number {
  const left = Math.max(one.x, other.x);
  const right = Math.min(one.x + one.width, other.x + other.width);
  const top = Math.max(one.y, other.y);
  const bottom = Math.min(one.y + one.height, other.y + other.height);
  let count = 0;
  for (let y = top; y < bottom; y++) {
    const ofOne = (y - one.y) * one.width - one.x;
    const ofOther = (y - other.y) * other.width - other.x;
    for (let x = left; x < right; x++) count += (one.data[ofOne + x] ?? 0) & (other.data[ofOther + x] ?? 0);
  }
  return count;
}

/** Intersection over union; 1 for two regions without any pixel. */
export function iou(one: Region, other: Region): number {
  const common = intersection(one, other);
  const all = one.area + other.area - common;
  return all === 0 ? 1 : common / all;
}

/** The pixels of any of `regions`. */
export function unionOf(regions: readonly Region[]): Region {
  const there = regions.filter(({ area }) => area > 0);
  const [first] = there;
  if (!first) return EMPTY;
  if (there.length === 1) return first;
  const x = Math.min(...there.map((region) => region.x));
  const y = Math.min(...there.map((region) => region.y));
  const width = Math.max(...there.map((region) => region.x + region.width)) - x;
  const height = Math.max(...there.map((region) => region.y + region.height)) - y;
  const data = new Uint8Array(width * height);
  for (const region of there)
    for (let row = 0, index = 0; row < region.height; row++)
      for (let column = 0, to = (region.y - y + row) * width + region.x - x; column < region.width; column++)
        data[to++]! |= region.data[index++] ?? 0;
  let area = 0;
  for (const pixel of data) area += pixel;
  return { x, y, width, height, data, area };
}
