import { regionOf, type Region } from './region';

/** Columns of a frame, from top to bottom and left to right: COCO's order. */
interface Columns {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Run lengths of COCO's column order, beginning with pixels that aren't the object's. */
export interface RunLengths {
  readonly width: number;
  readonly height: number;
  readonly counts: readonly number[];
}

/** Vertices are snapped to this fraction of a pixel before edges are walked along. */
const SUBPIXELS = 5;

/**
 * The pixels of a frame that polygons cover, x and y by turns in pixels ((0, 0) is the frame's outer corner):
 * COCO's own rule, bit for bit. Each edge is walked in fifths of a pixel; where it passes the middle of a column
 * of pixels, what is below it turns inside out, from the next pixel centre on. Polygons of one object are united.
 */
export function regionOfPolygons(
  polygons: readonly ArrayLike<number>[],
  width: number,
  height: number,
): Region {
  const data = new Uint8Array(width * height);
  for (const polygon of polygons) {
    const one = { width, height, data: new Uint8Array(width * height + 1) };
    toggleEdges(polygon, one);
    let inside = 0;
    for (let index = 0; index < data.length; index++) {
      inside ^= one.data[index] ?? 0;
      data[index]! |= inside;
    }
  }
  return regionOfColumns({ width, height, data });
}

/** @throws RangeError where the runs don't fill the frame exactly */
export function regionOfRuns({ width, height, counts }: RunLengths): Region {
  const data = new Uint8Array(width * height);
  let at = 0;
  for (const [index, count] of counts.entries()) {
    if (count < 0 || at + count > data.length)
      throw new RangeError('The run lengths are more than the pixels.');
    if (index % 2 === 1) data.fill(1, at, at + count);
    at += count;
  }
  if (at !== data.length) throw new RangeError('The run lengths are fewer than the pixels.');
  return regionOfColumns({ width, height, data });
}

/**
 * Run lengths out of COCO's compressed text: five bits a character from code 48 on, the sixth says that more
 * follow, least significant first, signed; from the fourth on a run is the difference to the one two before.
 * @throws RangeError for text that ends within a number or has other characters
 */
export function parseRuns(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length;) {
    let value = 0;
    let shift = 0;
    for (let more = true; more; shift += 5) {
      const code = text.charCodeAt(at++) - 48;
      if (!(code >= 0 && code < 64)) throw new RangeError('The compressed run lengths are damaged.');
      value |= (code & 31) << shift;
      more = (code & 32) !== 0;
      if (!more && (code & 16) !== 0) value |= -1 << (shift + 5);
    }
    counts.push(counts.length > 2 ? value + (counts.at(-2) ?? 0) : value);
  }
  return counts;
}

/** Turns over the first pixel below each point where the polygon's edges pass the middle of a column. */
function toggleEdges(polygon: ArrayLike<number>, { width, height, data }: Columns): void {
  const corners = Math.floor(polygon.length / 2);
  const snapped = (index: number): number => Math.trunc(SUBPIXELS * (polygon[index] ?? 0) + 0.5);
  let last: readonly [number, number] | null = null;
  for (let corner = 0; corner < corners; corner++) {
    const next = (corner + 1) % corners;
    const from = [snapped(2 * corner), snapped(2 * corner + 1)] as const;
    const to = [snapped(2 * next), snapped(2 * next + 1)] as const;
    for (const point of alongEdge(from, to)) {
      if (last && last[0] !== point[0]) {
        const x = (Math.min(point[0], last[0]) + 0.5) / SUBPIXELS - 0.5;
        if (Number.isInteger(x) && x >= 0 && x <= width - 1) {
          const y = (Math.min(point[1], last[1]) + 0.5) / SUBPIXELS - 0.5;
          // Past the last row it is the first pixel of the next column, which the column's other edge turns back.
          data[x * height + Math.ceil(Math.min(height, Math.max(0, y)))]! ^= 1;
        }
      }
      last = point;
    }
  }
}

/** Points in fifths of a pixel from one corner to the next, both included, one a step along the longer side. */
function* alongEdge(
  from: readonly [number, number],
  to: readonly [number, number],
): Generator<readonly [number, number]> {
  const across = Math.abs(to[0] - from[0]);
  const down = Math.abs(to[1] - from[1]);
  const flat = across >= down;
  const turned = flat ? from[0] > to[0] : from[1] > to[1];
  // Rounded as seen from the left or upper end, so that an edge is the same in both directions.
  const [start, end] = turned ? [to, from] : [from, to];
  const steps = flat ? across : down;
  const slope = steps === 0 ? 0 : (flat ? end[1] - start[1] : end[0] - start[0]) / steps;
  for (let step = 0; step <= steps; step++) {
    const at = turned ? steps - step : step;
    yield flat
      ? [start[0] + at, Math.trunc(start[1] + slope * at + 0.5)]
      : [Math.trunc(start[0] + slope * at + 0.5), start[1] + at];
  }
}

function regionOfColumns({ width, height, data }: Columns): Region {
  const rows = new Uint8Array(data.length);
  for (let x = 0, index = 0; x < width; x++)
    for (let y = 0; y < height; y++, index++) rows[y * width + x] = data[index] ?? 0;
  return regionOf({ x: 0, y: 0, width, height, data: rows }, 1);
}
