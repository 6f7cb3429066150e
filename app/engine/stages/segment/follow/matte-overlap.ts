import type { Matte } from '../instances';
import { HALF } from '../matte';

/** Samples across both mattes, about. */
const SAMPLES = 64;

/** Pixels that both mattes cover over those that either covers, the first moved by whole pixels; looked at on a grid. */
export function matteOverlap(a: Matte, b: Matte, moveX: number, moveY: number): number {
  const [aX, aY] = [a.x + Math.round(moveX), a.y + Math.round(moveY)];
  const [x0, y0] = [Math.min(aX, b.x), Math.min(aY, b.y)];
  const [x1, y1] = [Math.max(aX + a.width, b.x + b.width), Math.max(aY + a.height, b.y + b.height)];
  const step = Math.max(1, Math.floor(Math.max(x1 - x0, y1 - y0) / SAMPLES));
  let both = 0;
  let either = 0;
  for (let y = y0 + (step >> 1); y < y1; y += step)
    for (let x = x0 + (step >> 1); x < x1; x += step) {
      const inA = covers(a, x - aX, y - aY);
      const inB = covers(b, x - b.x, y - b.y);
      if (inA && inB) both++;
      if (inA || inB) either++;
    }
  return either === 0 ? 0 : both / either;
}

function covers({ width, height, data }: Matte, x: number, y: number): boolean {
  return x >= 0 && y >= 0 && x < width && y < height && (data[y * width + x] ?? 0) >= HALF;
}

/** The middle of what a matte covers, in the frame's pixels; looked at on a grid. */
export function matteMiddle({ x, y, width, height, data }: Matte): readonly [x: number, y: number] {
  const step = Math.max(1, Math.floor(Math.max(width, height) / (2 * SAMPLES)));
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
