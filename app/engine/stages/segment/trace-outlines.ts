import type { Matte } from './instances';
import { simplified } from './simplify';

/** Outlines run where coverage passes this: half of it. */
const LEVEL = 127.5;
/** Pixels by which an outline may depart from where coverage is a half. */
const TOLERANCE = 0.4;
/** Square pixels below which a piece is no component but a speck. */
const SPECK = 6;

/** Sides of a cell, whose corners are four pixels' middles; clockwise. */
const TOP = 0;
const RIGHT = 1;
const BOTTOM = 2;
const LEFT = 3;
const SIDES = 4;

/**
 * By which side an outline leaves a cell, the object on its left, for the corners that are in: upper left 1, upper right 2,
 * lower right 4, lower left 8. None and all have none; 5 and 10 are two pieces of outline, see `wayOut`.
 */
const WAYS_OUT: readonly (number | null)[] = [
  ...[null, TOP, RIGHT, RIGHT],
  ...[BOTTOM, null, BOTTOM, BOTTOM],
  ...[LEFT, TOP, null, RIGHT],
  ...[LEFT, TOP, LEFT, null],
];

/** Coverage at a cell's corners. */
interface Corners {
  upperLeft: number;
  upperRight: number;
  lowerRight: number;
  lowerLeft: number;
}

/** An object with its outlines, which are traced where they are first asked for. */
export function tracedLazily<T extends { readonly matte: Matte }>(
  facts: T,
): T & { readonly contours: readonly Float32Array[] } {
  let contours: readonly Float32Array[] | null = null;
  const outlined = Object.defineProperty({ ...facts }, 'contours', {
    enumerable: true,
    get: () => (contours ??= traceOutlines(facts.matte)),
  });
  return outlined as T & { readonly contours: readonly Float32Array[] };
}

/**
 * Closed outlines of a matte in the frame's pixels, x and y by turns, by marching squares: of every component, running top,
 * left, bottom, right, and of every hole the other way round. Nearly straight pieces are one edge.
 */
export function traceOutlines(matte: Matte): Float32Array[] {
  const { width, height, data } = matte;
  // Cells lie between pixels, and half outside: there is nothing round a matte.
  const seen = cellsOf((width + 1) * (height + 1));
  const outlines: Float32Array[] = [];
  for (let y = 0; y < height; y++) {
    let before = false;
    for (let x = 0; x < width; x++) {
      const inside = (data[y * width + x] ?? 0) > LEVEL;
      // Every outline goes down somewhere, a pixel that is in to its left as it sees it.
      const starts = inside && !before && seen[(y + 1) * (width + 1) + x] === 0;
      before = inside;
      if (!starts) continue;
      const outline = walk(matte, x, y + 1, seen);
      if (Math.abs(signedArea(outline)) >= SPECK)
        outlines.push(placed(simplified(outline, TOLERANCE), matte));
    }
  }
  return outlines;
}

let cells = new Uint8Array(0);

/** So many zeros, valid until the next call. */
function cellsOf(count: number): Uint8Array {
  if (cells.length < count) cells = new Uint8Array(count);
  else cells.fill(0, 0, count);
  return cells;
}

/** The outline that enters a cell through its top, in pixels of the matte; notes in `seen` where it goes down. */
function walk(matte: Matte, startX: number, startY: number, seen: Uint8Array): number[] {
  const points: number[] = [];
  const corners: Corners = { upperLeft: 0, upperRight: 0, lowerRight: 0, lowerLeft: 0 };
  let [x, y, from] = [startX, startY, TOP as number];
  do {
    readCorners(matte, x, y, corners);
    if (from === TOP) seen[y * (matte.width + 1) + x] = 1;
    const to = wayOut(corners, from);
    pushCrossing(corners, x, y, to, points);
    if (to === TOP) y--;
    else if (to === BOTTOM) y++;
    else x += to === LEFT ? -1 : 1;
    from = (to + 2) % SIDES;
  } while (x !== startX || y !== startY || from !== TOP);
  return points;
}

function readCorners({ width, height, data }: Matte, x: number, y: number, corners: Corners): void {
  const [left, right] = [x > 0, x < width];
  const above = (y - 1) * width + x;
  corners.upperLeft = left && y > 0 ? (data[above - 1] ?? 0) : 0;
  corners.upperRight = right && y > 0 ? (data[above] ?? 0) : 0;
  corners.lowerLeft = left && y < height ? (data[above + width - 1] ?? 0) : 0;
  corners.lowerRight = right && y < height ? (data[above + width] ?? 0) : 0;
}

function wayOut({ upperLeft, upperRight, lowerRight, lowerLeft }: Corners, from: number): number {
  const code =
    (upperLeft > LEVEL ? 1 : 0) +
    (upperRight > LEVEL ? 2 : 0) +
    (lowerRight > LEVEL ? 4 : 0) +
    (lowerLeft > LEVEL ? 8 : 0);
  const only = WAYS_OUT[code];
  if (only !== null && only !== undefined) return only;
  // Corners across from each other: their mean tells whether the object holds together between them.
  const joined = upperLeft + upperRight + lowerRight + lowerLeft > 4 * LEVEL;
  // Round the corner at the right of the way in where they are joined, else at the left.
  return (from + (joined ? 3 : 1)) % SIDES;
}

/** Where coverage is half between the two corners of a side. */
function pushCrossing(
  { upperLeft, upperRight, lowerRight, lowerLeft }: Corners,
  x: number,
  y: number,
  side: number,
  points: number[],
): void {
  const share = (a: number, b: number): number => (LEVEL - a) / (b - a);
  switch (side) {
    case TOP:
      points.push(x - 0.5 + share(upperLeft, upperRight), y - 0.5);
      break;
    case RIGHT:
      points.push(x + 0.5, y - 0.5 + share(upperRight, lowerRight));
      break;
    case BOTTOM:
      points.push(x - 0.5 + share(lowerLeft, lowerRight), y + 0.5);
      break;
    case LEFT:
      points.push(x - 0.5, y - 0.5 + share(upperLeft, lowerLeft));
      break;
  }
}

/** Of a closed polygon, y downward: negative where it runs top, left, bottom, right. */
export function signedArea(polygon: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < polygon.length; at += 2) {
    const next = (at + 2) % polygon.length;
    sum += (polygon[at] ?? 0) * (polygon[next + 1] ?? 0) - (polygon[next] ?? 0) * (polygon[at + 1] ?? 0);
  }
  return sum / 2;
}

function placed(outline: readonly number[], { x, y }: Matte): Float32Array {
  return Float32Array.from(outline, (value, index) => value + (index % 2 === 0 ? x : y));
}
