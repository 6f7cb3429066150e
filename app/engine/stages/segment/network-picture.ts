import { processKernels, type PictureProgram } from '../../runtime';
import { allocatePicture } from '../pictures';
import type { CodedPicture, Picture, RgbPicture } from './instances';
import { Turn } from './turn';

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

/** How the codes of a picture become the network's input on a graphics card. */
export function programFor({ codes, coding, rotation }: CodedPicture, fitting: Fitting): PictureProgram {
  return { coding, grey: codes.length === 1, wide: codes[0] instanceof Uint16Array, rotation, ...fitting };
}

/** Pictures as the network takes them, made by the processor one after the other in the same memory. */
export class NetworkPicture {
  #data: Float32Array = new Float32Array(0);
  #colours: Float32Array = new Float32Array(0);
  #turn: Turn | null = null;

  /** The picture, [3, height, width] of its fitting; valid until the next one. @throws DeviceError device-out-of-memory */
  async take(source: RgbPicture, fitting: Fitting): Promise<Float32Array> {
    const { width, height, pictureWidth, pictureHeight } = fitting;
    if (this.#data.length !== 3 * width * height) this.#data = allocatePicture(width, height);
    await processKernels().resizeBilinear({
      source: source.data,
      planes: 3,
      width: source.width,
      height: source.height,
      target: this.#data,
      targetWidth: pictureWidth,
      targetHeight: pictureHeight,
      stride: width,
      rows: height,
    });
    this.#fill(fitting);
    return this.#data;
  }

  /** The whole picture as it is shown; valid until the next one. @throws DeviceError device-out-of-memory */
  async colours(picture: Picture): Promise<RgbPicture> {
    if (!('codes' in picture)) return picture;
    const { codes, coding, rotation } = picture;
    const { width, height } = coding;
    if (this.#colours.length !== 3 * width * height || this.#turn?.rotation !== rotation) {
      this.#colours = allocatePicture(width, height);
      this.#turn = null;
    }
    this.#turn ??= new Turn(rotation, width, height);
    await processKernels().planesToRgb(codes, this.#colours, coding);
    return this.#turn.picture({ width, height, data: this.#colours });
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
