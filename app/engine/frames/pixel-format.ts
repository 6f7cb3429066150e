/** A planar YUV or grey format that frames have inside the engine; names are ffmpeg's. */
export interface PixelFormat {
  readonly name: string;
  /** 1 for grey, 3 for YUV, 4 for YUV with alpha. */
  readonly planes: 1 | 3 | 4;
  readonly bitDepth: number;
  /** Base-2 logarithm of luma samples per chroma sample, across and down. */
  readonly chromaShiftX: 0 | 1;
  readonly chromaShiftY: 0 | 1;
}

/** Place of alpha among a frame's planes: as many samples as luma, 0 to all codes. Colours are not multiplied by it. */
export const ALPHA_PLANE = 3;

/** Frames of 16 bits are for stills: decoders and encoders of video end at 12, those with alpha at 10. */
const FAMILIES = [
  ['yuv420p', 3, 1, 1],
  ['yuv422p', 3, 1, 0],
  ['yuv444p', 3, 0, 0],
  ['yuva420p', 4, 1, 1],
  ['yuva422p', 4, 1, 0],
  ['yuva444p', 4, 0, 0],
  ['gray', 1, 0, 0],
] as const;

const FORMATS: ReadonlyMap<string, PixelFormat> = new Map(
  FAMILIES.flatMap(([family, planes, chromaShiftX, chromaShiftY]) =>
    [8, 10, 12, 16].map((bitDepth) => {
      const name = bitDepth === 8 ? family : `${family}${bitDepth}le`;
      return [name, { name, planes, bitDepth, chromaShiftX, chromaShiftY }] as const;
    }),
  ),
);

/** The format called `name` (`yuv420p`, `yuva444p10le`, `gray`, …), or undefined if frames can't have it. */
export function pixelFormat(name: string): PixelFormat | undefined {
  return FORMATS.get(name);
}

/** The format with alpha that holds the same colours; grey becomes 4:4:4, as there is no planar grey with alpha. */
export function withAlpha({ name }: PixelFormat): PixelFormat {
  return known(name.replace(/^gray(?=$|\d)/, 'yuv444p').replace(/^yuva?/, 'yuva'));
}

/** The format of the colours alone. */
export function opaqueTwin({ name }: PixelFormat): PixelFormat {
  return known(name.replace(/^yuva/, 'yuv'));
}

function known(name: string): PixelFormat {
  const format = FORMATS.get(name);
  if (!format) throw new RangeError(`Expected a known pixel format for name but received ${name}`);
  return format;
}

/** Size of plane `index` of a `width`×`height` picture. Chroma of an odd size is rounded up, as ffmpeg does. */
export function planeSize(
  format: PixelFormat,
  index: number,
  width: number,
  height: number,
): { width: number; height: number } {
  if (index === 0 || index === ALPHA_PLANE) return { width, height };
  return {
    width: (width + (1 << format.chromaShiftX) - 1) >> format.chromaShiftX,
    height: (height + (1 << format.chromaShiftY) - 1) >> format.chromaShiftY,
  };
}

/** Bytes of a raw `width`×`height` picture with its planes one after the other and no row padding. */
export function frameBytes(format: PixelFormat, width: number, height: number): number {
  let samples = 0;
  for (let index = 0; index < format.planes; index++) {
    const size = planeSize(format, index, width, height);
    samples += size.width * size.height;
  }
  return samples * (format.bitDepth > 8 ? 2 : 1);
}
