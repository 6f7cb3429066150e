import { processKernels } from '../../runtime';
import type { Matte, RgbPicture } from './instances';
import type { LogitGrid } from './logit-grid';
import type { Fitting } from './network-picture';

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

/** A frame that edges are drawn along, and what of it the network saw. */
export interface GuidePicture {
  readonly picture: RgbPicture;
  /** [3, fitting.height, fitting.width] */
  readonly data: Float32Array;
  readonly fitting: Fitting;
}

/** Makes mattes of grids; several at once, each in memory of its own that is used again. */
export class MatteRendering {
  readonly #spare: Uint8Array[] = [];

  /**
   * What grids cover of a frame, with edges where the picture has them, cut down to where they cover anything; null where
   * no pixel is more in than out.
   */
  async render(
    grids: readonly LogitGrid[],
    scale: FrameScale,
    { picture, data: seen, fitting }: GuidePicture,
  ): Promise<(Matte | null)[]> {
    const rendered = await Promise.all(grids.map((grid) => this.#cover(grid, scale)));
    const inside = rendered.filter(({ data }) => data.length > 0);
    await processKernels().guideMattes(
      inside.map(({ data, ...region }) => ({
        ...region,
        cell: cellFor(region, scale),
        matte: data,
        picture: picture.data,
        pictureWidth: picture.width,
        pictureHeight: picture.height,
        small: seen,
        smallStride: fitting.width,
        smallWidth: fitting.pictureWidth,
        smallHeight: fitting.pictureHeight,
      })),
    );
    return rendered.map((matte) => {
      this.#spare.push(matte.data);
      return trimmed(matte);
    });
  }

  async #cover({ box, side, logits }: LogitGrid, scale: FrameScale): Promise<Matte> {
    const [left, right] = [box.x0 * scale.across, box.x1 * scale.across];
    const [top, bottom] = [box.y0 * scale.down, box.y1 * scale.down];
    // Pixels whose middles the grid covers.
    const x = Math.max(0, Math.ceil(left - 0.5));
    const y = Math.max(0, Math.ceil(top - 0.5));
    const width = Math.max(Math.min(scale.width, Math.floor(right - 0.5) + 1) - x, 0);
    const height = Math.max(Math.min(scale.height, Math.floor(bottom - 0.5) + 1) - y, 0);
    const data = this.#take(width * height);
    const [stepX, stepY] = [side / (right - left), side / (bottom - top)];
    await processKernels().renderMatte({
      logits,
      columns: side,
      rows: side,
      left: (x + 0.5 - left) * stepX - 0.5,
      top: (y + 0.5 - top) * stepY - 0.5,
      stepX,
      stepY,
      target: data,
      width,
      height,
    });
    return { x, y, width, height, data };
  }

  #take(length: number): Uint8Array {
    const spare = this.#spare.pop();
    return spare && spare.buffer.byteLength >= length
      ? new Uint8Array(spare.buffer, 0, length)
      : new Uint8Array(length);
  }
}

/**
 * Cells in the shorter side of a grid's region, and pixels of the network's input in a cell at most. On photographs held
 * back from training, people without any guide: IoU .867, Boundary IoU .669; 32 cells .872 / .684, 48 .872 / .685, 72
 * .871 / .683; of at most 6 pixels .872 / .684. Mask AP of people on COCO pictures: .358 without, .358 with 48, .341 with 32.
 */
const CELLS = 48;
const LARGEST_CELL = 3;

function cellFor({ width, height }: Omit<Matte, 'data'>, { across, down }: FrameScale): number {
  const shorter = Math.min(width / across, height / down);
  return Math.min(Math.max(Math.round(shorter / CELLS), 1), LARGEST_CELL);
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
