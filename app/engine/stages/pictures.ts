import type { PictureCoding } from '../../../kernels';
import { chromaSite, codeRange, lumaWeights, type StreamFormat } from '../frames';
import { allocate, type PictureProgram, type PlaneCodes } from '../runtime';

/** Memory of a picture of floats, [3, height, width]. @throws DeviceError device-out-of-memory */
export function allocatePicture(width: number, height: number): Float32Array {
  return new Float32Array(allocate(12 * width * height));
}

/** Memory of a byte a pixel. @throws DeviceError device-out-of-memory */
export function allocateMask(width: number, height: number): Uint8Array {
  return new Uint8Array(allocate(width * height));
}

/** How the codes of a stream's frames relate to colours. */
export function pictureCoding({ width, height, format, colour }: StreamFormat): PictureCoding {
  const { bitDepth, chromaShiftX, chromaShiftY, planes } = format;
  const [siteX, siteY] = chromaSite(colour.chromaLocation);
  const grey = planes === 1;
  return {
    width,
    height,
    chromaShiftX: grey ? 0 : chromaShiftX,
    chromaShiftY: grey ? 0 : chromaShiftY,
    siteX,
    siteY,
    ...lumaWeights(colour.matrix, height),
    ...codeRange(bitDepth, colour.range),
    most: 2 ** bitDepth - 1,
  };
}

/** Planes for the codes of a picture. @throws DeviceError device-out-of-memory */
export function codesFor({ coding, grey, wide }: PictureProgram): readonly PlaneCodes[] {
  const { width, height, chromaShiftX, chromaShiftY } = coding;
  const chroma = ((width + chromaShiftX) >> chromaShiftX) * ((height + chromaShiftY) >> chromaShiftY);
  return [width * height, ...(grey ? [] : [chroma, chroma])].map((samples) =>
    wide ? new Uint16Array(allocate(2 * samples)) : new Uint8Array(allocate(samples)),
  );
}
