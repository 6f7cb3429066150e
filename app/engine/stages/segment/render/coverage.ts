import type { Matte } from '../instances';
import { MatteMemory } from './matte-memory';

/** The part of a matte that lies inside a `width`×`height` picture. */
export function clipMatte(matte: Matte, width: number, height: number, memory = new MatteMemory()): Matte {
  const x0 = Math.max(0, matte.x);
  const y0 = Math.max(0, matte.y);
  const x1 = Math.max(x0, Math.min(width, matte.x + matte.width));
  const y1 = Math.max(y0, Math.min(height, matte.y + matte.height));
  if (x0 === matte.x && y0 === matte.y && x1 - x0 === matte.width && y1 - y0 === matte.height) return matte;
  const clipped = memory.empty(x0, y0, x1 - x0, y1 - y0);
  for (let row = 0; row < clipped.height; row++) {
    const from = (y0 - matte.y + row) * matte.width + x0 - matte.x;
    clipped.data.set(matte.data.subarray(from, from + clipped.width), row * clipped.width);
  }
  return clipped;
}

/** A chain of straight strokes, x and y by turns. */
export interface Polyline {
  readonly points: ArrayLike<number>;
  readonly closed: boolean;
}

/** Antialiased coverage of lines `width` pixels wide with round ends, inside a picture of this size. */
export function strokeCoverage(
  lines: readonly Polyline[],
  lineWidth: number,
  picture: { readonly width: number; readonly height: number },
  memory = new MatteMemory(),
): Matte {
  const reach = lineWidth / 2 + 1;
  const bounds = boundsOf(lines, reach, picture);
  const matte = memory.empty(bounds.x, bounds.y, bounds.width, bounds.height);
  for (const { points, closed } of lines) {
    const count = points.length / 2;
    const strokes = closed ? count : count - 1;
    for (let i = 0; i < strokes; i++) {
      const j = (i + 1) % count;
      stroke(
        matte,
        [points[2 * i] ?? 0, points[2 * i + 1] ?? 0, points[2 * j] ?? 0, points[2 * j + 1] ?? 0],
        lineWidth / 2,
      );
    }
  }
  return matte;
}

function boundsOf(
  lines: readonly Polyline[],
  reach: number,
  picture: { readonly width: number; readonly height: number },
): { x: number; y: number; width: number; height: number } {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { points } of lines)
    for (let i = 0; i + 1 < points.length; i += 2) {
      const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y);
    }
  const x = Math.max(0, Math.min(picture.width, Math.floor(x0 - reach)));
  const y = Math.max(0, Math.min(picture.height, Math.floor(y0 - reach)));
  return {
    x,
    y,
    width: Math.max(0, Math.min(picture.width, Math.ceil(x1 + reach)) - x),
    height: Math.max(0, Math.min(picture.height, Math.ceil(y1 + reach)) - y),
  };
}

/** Takes the most of what is there and a stroke from (ax, ay) to (bx, by); pixel centres lie at halves. */
function stroke(
  { x: left, y: top, width, height, data }: Matte,
  [ax, ay, bx, by]: readonly [number, number, number, number],
  half: number,
): void {
  const reach = half + 1;
  const x0 = Math.max(left, Math.floor(Math.min(ax, bx) - reach));
  const x1 = Math.min(left + width, Math.ceil(Math.max(ax, bx) + reach));
  const y0 = Math.max(top, Math.floor(Math.min(ay, by) - reach));
  const y1 = Math.min(top + height, Math.ceil(Math.max(ay, by) + reach));
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  for (let y = y0; y < y1; y++)
    for (let x = x0, at = (y - top) * width + x0 - left; x < x1; x++, at++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const t = length > 0 ? Math.max(0, Math.min(1, (px * dx + py * dy) / length)) : 0;
      const [ex, ey] = [px - t * dx, py - t * dy];
      const cover = 255 * (half + 0.5 - Math.sqrt(ex * ex + ey * ey)) + 0.5;
      if (cover > (data[at] ?? 0)) data[at] = cover < 255 ? cover : 255;
    }
}
