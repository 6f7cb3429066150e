import type { Matte } from '../instances';
import { HALF } from '../matte';

/** Where a frame is still, and how many of the frame's pixels one of these is. */
export interface StillMap {
  /** [height, width]: 255 where nothing has changed, 0 where something has. */
  readonly still: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly down: number;
}

/** Places across an object that are looked at, about. */
const SAMPLES = 64;

/** How far an object's edge lies where a frame is still, 0 to 1. */
export function edgeStillness({ x, y, width, height, data }: Matte, map: StillMap): number {
  const x0 = Math.floor(x / map.across);
  const y0 = Math.floor(y / map.down);
  const x1 = Math.min(Math.ceil((x + width) / map.across), map.width);
  const y1 = Math.min(Math.ceil((y + height) / map.down), map.height);
  const step = Math.max(1, Math.floor(Math.max(x1 - x0, y1 - y0) / SAMPLES));
  const above = new Uint8Array(Math.ceil((x1 - x0) / step));
  let [sum, count] = [0, 0];
  for (let row = y0; row < y1; row += step) {
    const down = Math.floor((row + 0.5) * map.down) - y;
    const inRows = down >= 0 && down < height;
    let left = 0;
    for (let column = x0, at = 0; column < x1; column += step, at++) {
      const across = Math.floor((column + 0.5) * map.across) - x;
      const covered = inRows && across >= 0 && across < width && (data[down * width + across] ?? 0) >= HALF;
      const here = covered ? 1 : 0;
      if (here !== left || here !== above[at]) {
        sum += map.still[row * map.width + column] ?? 0;
        count++;
      }
      above[at] = left = here;
    }
  }
  return count === 0 ? 1 : sum / (255 * count);
}
