import { allocate, processKernels } from '../../runtime';
import type { RgbPicture } from './instances';

/** How a picture lies in the network's input. */
export interface Fitting {
  /** Of the input: multiples of the network's own. */
  readonly width: number;
  readonly height: number;
  /** Of the picture in it, at the upper left; beyond, its last column and row go on. */
  readonly pictureWidth: number;
  readonly pictureHeight: number;
}

/** Fits a picture's longer side to `workingSize` and fills both up to multiples of `multiple`. */
export function fittingFor(width: number, height: number, workingSize: number, multiple: number): Fitting {
  const scale = workingSize / Math.max(width, height);
  const pictureWidth = Math.max(1, Math.round(width * scale));
  const pictureHeight = Math.max(1, Math.round(height * scale));
  const filled = (side: number): number => Math.ceil(side / multiple) * multiple;
  return { width: filled(pictureWidth), height: filled(pictureHeight), pictureWidth, pictureHeight };
}

/** Pictures as the network takes them, made one after the other in the same memory. */
export class NetworkPicture {
  /** [3, height, width] */
  #data = new Float32Array(0);

  /** Of the last picture. */
  get data(): Float32Array {
    return this.#data;
  }

  /** @throws DeviceError device-out-of-memory */
  async take(picture: RgbPicture, workingSize: number, multiple: number): Promise<Fitting> {
    const fitting = fittingFor(picture.width, picture.height, workingSize, multiple);
    const { width, height, pictureWidth, pictureHeight } = fitting;
    if (this.#data.length !== 3 * width * height)
      this.#data = new Float32Array(allocate(4 * 3 * width * height));
    await processKernels().resizeBilinear({
      source: picture.data,
      planes: 3,
      width: picture.width,
      height: picture.height,
      target: this.#data,
      targetWidth: pictureWidth,
      targetHeight: pictureHeight,
      stride: width,
      rows: height,
    });
    this.#fill(fitting);
    return fitting;
  }

  #fill({ width, height, pictureWidth, pictureHeight }: Fitting): void {
    for (let plane = 0; plane < 3; plane++) {
      const rows = this.#data.subarray(plane * width * height, (plane + 1) * width * height);
      for (let y = 0; pictureWidth < width && y < pictureHeight; y++) {
        const edge = rows[y * width + pictureWidth - 1] ?? 0;
        rows.fill(edge, y * width + pictureWidth, (y + 1) * width);
      }
      for (let y = pictureHeight; y < height; y++)
        rows.copyWithin(y * width, (pictureHeight - 1) * width, pictureHeight * width);
    }
  }
}
