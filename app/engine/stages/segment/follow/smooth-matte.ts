import { processKernels } from '../../../runtime';
import type { Matte } from '../instances';
import { trimmed } from '../matte';
import { edgeStillness, type StillMap } from './still-map';

/** Of an object's edge, how much is still where it rests at least, and up to how much it surely moves as a whole. */
const RESTING = 0.8;
const MOVING = 0.4;

/** An object's matte as it is told, and on the average since the picture changed. */
export interface Steadied {
  readonly matte: Matte;
  readonly mean: Matte;
}

/** Objects whose memory is kept for the next frame. */
const KEPT = 8;

/** Memory for one object, grown to the most that was wanted. */
interface Scratch {
  target: Uint8Array;
  targetMean: Uint8Array;
  columns: Int32Array;
  rows: Int32Array;
}

/** Makes mattes hold where the picture does, and follow at once where it doesn't. */
export class SteadyMattes {
  readonly #spare: Scratch[] = [];

  /**
   * Where nothing has changed since the frame before, and the object as a whole has not moved, what was told stays until the
   * network's average says clearly otherwise.
   */
  async steadied(before: Steadied, now: Matte, map: StillMap): Promise<Steadied> {
    const calmness = (edgeStillness(before.matte, map) - MOVING) / (RESTING - MOVING);
    const weight = Math.round(256 * Math.min(Math.max(calmness, 0), 1));
    if (weight === 0) return { matte: now, mean: now };
    const { x, y, width, height } = rectangleOf([before.matte, before.mean, now]);
    const placed = (matte: Matte): Matte => ({ ...matte, x: matte.x - x, y: matte.y - y });
    const scratch = this.#take(width, height);
    const target = scratch.target.subarray(0, width * height);
    const targetMean = scratch.targetMean.subarray(0, width * height);
    try {
      await processKernels().steadyMatte({
        now: placed(now),
        told: placed(before.matte),
        mean: placed(before.mean),
        still: map.still,
        mapWidth: map.width,
        columns: places(scratch.columns.subarray(0, width), x, map.across, map.width),
        rows: places(scratch.rows.subarray(0, height), y, map.down, map.height),
        weight,
        target,
        targetMean,
      });
      const matte = trimmed({ x, y, width, height, data: target });
      const mean = trimmed({ x, y, width, height, data: targetMean });
      return matte && mean ? { matte, mean } : { matte: now, mean: now };
    } finally {
      if (this.#spare.length < KEPT) this.#spare.push(scratch);
    }
  }

  #take(width: number, height: number): Scratch {
    const scratch = this.#spare.pop();
    if (scratch && scratch.target.length >= width * height) {
      if (scratch.columns.length < width) scratch.columns = new Int32Array(width);
      if (scratch.rows.length < height) scratch.rows = new Int32Array(height);
      return scratch;
    }
    return {
      target: new Uint8Array(width * height),
      targetMean: new Uint8Array(width * height),
      columns: new Int32Array(width),
      rows: new Int32Array(height),
    };
  }
}

function rectangleOf(mattes: readonly Matte[]): Omit<Matte, 'data'> {
  const x = Math.min(...mattes.map((matte) => matte.x));
  const y = Math.min(...mattes.map((matte) => matte.y));
  const width = Math.max(...mattes.map((matte) => matte.x + matte.width)) - x;
  const height = Math.max(...mattes.map((matte) => matte.y + matte.height)) - y;
  return { x, y, width, height };
}

/** Of the frame's pixels in a row or column from `start` on, the map's. */
function places(found: Int32Array, start: number, scale: number, length: number): Int32Array {
  for (let at = 0; at < found.length; at++)
    found[at] = Math.min(Math.floor((start + at + 0.5) / scale), length - 1);
  return found;
}
