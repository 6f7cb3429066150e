import { processKernels } from '../../runtime';
import type { Matte } from './instances';
import type { LogitGrid } from './logit-grid';

/** How a frame lies in the network's input. */
export interface FrameScale {
  /** Of the frame, in its pixels. */
  readonly width: number;
  readonly height: number;
  /** Frame pixels in a pixel of the network's input. */
  readonly across: number;
  readonly down: number;
}

/** Coverage of a pixel that is more in the object than not. */
export const HALF = 128;

/** Makes mattes of grids; several at once, each in memory of its own that is used again. */
export class MatteRendering {
  readonly #spare: Uint8Array[] = [];

  /** What a grid covers of the frame, cut down to where it covers anything; null where no pixel is more in than out. */
  async render({ box, side, logits }: LogitGrid, scale: FrameScale): Promise<Matte | null> {
    const [left, right] = [box.x0 * scale.across, box.x1 * scale.across];
    const [top, bottom] = [box.y0 * scale.down, box.y1 * scale.down];
    // Pixels whose middles the grid covers.
    const x = Math.max(0, Math.ceil(left - 0.5));
    const y = Math.max(0, Math.ceil(top - 0.5));
    const width = Math.min(scale.width, Math.floor(right - 0.5) + 1) - x;
    const height = Math.min(scale.height, Math.floor(bottom - 0.5) + 1) - y;
    if (width <= 0 || height <= 0) return null;
    const covered = this.#take(width * height);
    const target = covered.subarray(0, width * height);
    const [stepX, stepY] = [side / (right - left), side / (bottom - top)];
    try {
      await processKernels().renderMatte({
        logits,
        columns: side,
        rows: side,
        left: (x + 0.5 - left) * stepX - 0.5,
        top: (y + 0.5 - top) * stepY - 0.5,
        stepX,
        stepY,
        target,
        width,
        height,
      });
      return trimmed({ x, y, width, height, data: target });
    } finally {
      this.#spare.push(covered);
    }
  }

  #take(length: number): Uint8Array {
    const spare = this.#spare.pop();
    return spare && spare.length >= length ? spare : new Uint8Array(length);
  }
}

/** A copy without the empty rows and columns round it; null where no pixel is more in than out. */
export function trimmed(matte: Matte): Matte | null {
  const { x, y, width, height, data } = matte;
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  let most = 0;
  for (let row = 0; row < height; row++) {
    const start = row * width;
    let first = 0;
    while (first < width && data[start + first] === 0) first++;
    if (first === width) continue;
    let last = width - 1;
    while (data[start + last] === 0) last--;
    for (let at = start + first; most < HALF && at <= start + last; at++)
      most = Math.max(most, data[at] ?? 0);
    x0 = Math.min(x0, first);
    x1 = Math.max(x1, last);
    if (y1 < 0) y0 = row;
    y1 = row;
  }
  if (most < HALF) return null;
  const trimmedWidth = x1 - x0 + 1;
  const trimmedHeight = y1 - y0 + 1;
  const kept = new Uint8Array(trimmedWidth * trimmedHeight);
  for (let row = 0; row < trimmedHeight; row++) {
    const start = (y0 + row) * width + x0;
    kept.set(data.subarray(start, start + trimmedWidth), row * trimmedWidth);
  }
  return { x: x + x0, y: y + y0, width: trimmedWidth, height: trimmedHeight, data: kept };
}
