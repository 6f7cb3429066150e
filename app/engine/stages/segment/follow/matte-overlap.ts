import type { Matte } from '../instances';
import { HALF } from '../matte';

/** Samples across both mattes, about. */
const SAMPLES = 64;

/** Pixels that both mattes cover over those that either covers, the first moved by whole pixels; looked at on a grid. */
export function matteOverlap(a: Matte, b: Matte, moveX: number, moveY: number): number {
  const { inA, inB, inBoth } = counted({ ...a, x: a.x + Math.round(moveX), y: a.y + Math.round(moveY) }, b);
  return inBoth === 0 ? 0 : inBoth / (inA + inB - inBoth);
}

/** How much of a matte's object lies in another's, 0 to 1; looked at on a grid. */
export function matteShare(part: Matte, whole: Matte): number {
  const { inA, inBoth } = counted(part, whole);
  return inBoth === 0 ? 0 : inBoth / inA;
}

interface Counts {
  readonly inA: number;
  readonly inB: number;
  readonly inBoth: number;
}

function counted(a: Matte, b: Matte): Counts {
  const [x0, y0] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const [x1, y1] = [Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height)];
  const apart = x1 - x0 >= a.width + b.width || y1 - y0 >= a.height + b.height;
  if (apart) return { inA: 0, inB: 0, inBoth: 0 };
  const step = Math.max(1, Math.floor(Math.max(x1 - x0, y1 - y0) / SAMPLES));
  let [inA, inB, inBoth] = [0, 0, 0];
  for (let y = y0 + (step >> 1); y < y1; y += step) {
    const aRow = y >= a.y && y < a.y + a.height ? (y - a.y) * a.width - a.x : null;
    const bRow = y >= b.y && y < b.y + b.height ? (y - b.y) * b.width - b.x : null;
    for (let x = x0 + (step >> 1); x < x1; x += step) {
      const isA = aRow !== null && x >= a.x && x < a.x + a.width && (a.data[aRow + x] ?? 0) >= HALF;
      const isB = bRow !== null && x >= b.x && x < b.x + b.width && (b.data[bRow + x] ?? 0) >= HALF;
      if (isA) inA++;
      if (isB) inB++;
      if (isA && isB) inBoth++;
    }
  }
  return { inA, inB, inBoth };
}

type Point = readonly [x: number, y: number];

/** Of mattes whose middle was asked for: it is wanted several times. */
const middles = new WeakMap<Matte, Point>();

/** The middle of what a matte covers, in the frame's pixels; looked at on a grid. */
export function matteMiddle(matte: Matte): Point {
  const known = middles.get(matte);
  if (known) return known;
  const middle = findMiddle(matte);
  middles.set(matte, middle);
  return middle;
}

function findMiddle({ x, y, width, height, data }: Matte): Point {
  const step = Math.max(1, Math.floor(Math.max(width, height) / SAMPLES));
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let row = step >> 1; row < height; row += step)
    for (let column = step >> 1; column < width; column += step) {
      const coverage = data[row * width + column] ?? 0;
      sum += coverage;
      sumX += coverage * (column + 0.5);
      sumY += coverage * (row + 0.5);
    }
  return sum === 0 ? [x + width / 2, y + height / 2] : [x + sumX / sum, y + sumY / sum];
}
