import type { Matte } from '../instances';
import { HALF } from '../matte';

/** Samples across both mattes, about. */
const SAMPLES = 64;

/** Pixels that both mattes cover over those that either covers, the first moved by whole pixels; looked at on a grid. */
export function matteOverlap(a: Matte, b: Matte, moveX: number, moveY: number): number {
  const [aX, aY] = [a.x + Math.round(moveX), a.y + Math.round(moveY)];
  const [x0, y0] = [Math.min(aX, b.x), Math.min(aY, b.y)];
  const [x1, y1] = [Math.max(aX + a.width, b.x + b.width), Math.max(aY + a.height, b.y + b.height)];
  if (x1 - x0 >= a.width + b.width || y1 - y0 >= a.height + b.height) return 0;
  const step = Math.max(1, Math.floor(Math.max(x1 - x0, y1 - y0) / SAMPLES));
  let both = 0;
  let either = 0;
  for (let y = y0 + (step >> 1); y < y1; y += step) {
    const aRow = y >= aY && y < aY + a.height ? (y - aY) * a.width - aX : null;
    const bRow = y >= b.y && y < b.y + b.height ? (y - b.y) * b.width - b.x : null;
    for (let x = x0 + (step >> 1); x < x1; x += step) {
      const inA = aRow !== null && x >= aX && x < aX + a.width && (a.data[aRow + x] ?? 0) >= HALF;
      const inB = bRow !== null && x >= b.x && x < b.x + b.width && (b.data[bRow + x] ?? 0) >= HALF;
      if (inA && inB) both++;
      if (inA || inB) either++;
    }
  }
  return either === 0 ? 0 : both / either;
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
