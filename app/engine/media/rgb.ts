import { codeRange, lumaWeights, type Frame } from '../frames';

/**
 * Interleaved 8-bit RGB into a full-range YCbCr 4:4:4 frame (ITU-R BT.601 weights by the frame's
 * matrix). With frames of 12 bits the way there and back changes nothing.
 */
export function rgbToYcc(rgb: Uint8Array, frame: Frame): void {
  const { red, blue, green, top, zero, luma, chromaBlue, chromaRed } = constants(frame);
  for (let i = 0, j = 0; i < luma.length; i++, j += 3) {
    const r = (rgb[j] ?? 0) / 255;
    const g = (rgb[j + 1] ?? 0) / 255;
    const b = (rgb[j + 2] ?? 0) / 255;
    const y = red * r + green * g + blue * b;
    luma[i] = Math.round(y * top);
    chromaBlue[i] = Math.min(top, Math.round(((b - y) / (2 * (1 - blue))) * top + zero));
    chromaRed[i] = Math.min(top, Math.round(((r - y) / (2 * (1 - red))) * top + zero));
  }
}

/** A full-range YCbCr 4:4:4 frame as interleaved 8-bit RGB. */
export function yccToRgb(frame: Frame): Uint8ClampedArray {
  const { red, blue, green, top, zero, luma, chromaBlue, chromaRed } = constants(frame);
  const rgb = new Uint8ClampedArray(luma.length * 3);
  for (let i = 0, j = 0; i < luma.length; i++, j += 3) {
    const y = luma[i] ?? 0;
    const b = y + 2 * (1 - blue) * ((chromaBlue[i] ?? 0) - zero);
    const r = y + 2 * (1 - red) * ((chromaRed[i] ?? 0) - zero);
    const g = (y - red * r - blue * b) / green;
    // The array rounds and clamps.
    rgb[j] = (r * 255) / top;
    rgb[j + 1] = (g * 255) / top;
    rgb[j + 2] = (b * 255) / top;
  }
  return rgb;
}

function constants(frame: Frame): {
  red: number;
  green: number;
  blue: number;
  top: number;
  zero: number;
  luma: Uint8Array | Uint16Array;
  chromaBlue: Uint8Array | Uint16Array;
  chromaRed: Uint8Array | Uint16Array;
} {
  const { stream, planes } = frame;
  const { red, blue } = lumaWeights(stream.colour.matrix, stream.height);
  const { chromaZero } = codeRange(stream.format.bitDepth, 'full');
  const [luma, chromaBlue, chromaRed] = planes;
  if (!luma || chromaBlue?.data.length !== luma.data.length || chromaRed?.data.length !== luma.data.length) {
    throw new RangeError(`Expected 4:4:4 for frame but received ${stream.format.name}`);
  }
  return {
    red,
    green: 1 - red - blue,
    blue,
    top: 2 ** stream.format.bitDepth - 1,
    zero: chromaZero,
    luma: luma.data,
    chromaBlue: chromaBlue.data,
    chromaRed: chromaRed.data,
  };
}
