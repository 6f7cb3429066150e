import { codeRange, lumaWeights, type Frame } from '../frames';

/** Interleaved samples of a still: 8 or 16 bits each, grey or RGB, alpha last where there is any. */
export interface Pixels {
  readonly data: Uint8Array | Uint16Array;
  readonly channels: 1 | 2 | 3 | 4;
}

/** The largest sample of `data`'s type. */
function whiteOf(data: Uint8Array | Uint16Array): number {
  return data instanceof Uint16Array ? 65_535 : 255;
}

/** A whole number of samples of the wanted depth, all 0. */
function samples(count: number, deep: boolean): Uint16Array | Uint8ClampedArray {
  return deep ? new Uint16Array(count) : new Uint8ClampedArray(count);
}

/**
 * Interleaved colours of a still, without alpha, into a full-range YCbCr 4:4:4 or grey frame (ITU-R BT.601 weights by the frame's
 * matrix). 8-bit RGB in frames of 12 bits comes back unchanged; 16-bit RGB in frames of 16 bits within
 * two steps of 65535.
 */
export function toFrame(data: Uint8Array | Uint16Array, frame: Frame): void {
  const white = whiteOf(data);
  if (frame.stream.format.planes === 1) {
    const plane = frame.planes[0]?.data ?? new Uint8Array(0);
    const top = 2 ** frame.stream.format.bitDepth - 1;
    for (let i = 0; i < plane.length; i++) plane[i] = Math.round(((data[i] ?? 0) * top) / white);
    return;
  }
  const { red, blue, green, top, zero, luma, chromaBlue, chromaRed } = constants(frame);
  for (let i = 0, j = 0; i < luma.length; i++, j += 3) {
    const r = (data[j] ?? 0) / white;
    const g = (data[j + 1] ?? 0) / white;
    const b = (data[j + 2] ?? 0) / white;
    const y = red * r + green * g + blue * b;
    luma[i] = Math.round(y * top);
    chromaBlue[i] = Math.min(top, Math.round(((b - y) / (2 * (1 - blue))) * top + zero));
    chromaRed[i] = Math.min(top, Math.round(((r - y) / (2 * (1 - red))) * top + zero));
  }
}

/** The frame as samples of 8 or 16 bits, with `alpha` (one such sample a pixel) beside them where there is any. */
export function toPixels(frame: Frame, alpha: Uint8Array | Uint16Array | null, deep: boolean): Pixels {
  const grey = frame.stream.format.planes === 1;
  const colours = grey ? 1 : 3;
  const channels = (colours + (alpha ? 1 : 0)) as Pixels['channels'];
  const count = (frame.planes[0]?.data.length ?? 0) * channels;
  const data = samples(count, deep);
  if (grey) fromGrey(frame, data, channels, deep);
  else fromYcc(frame, data, channels, deep);
  if (alpha) for (let i = 0, j = colours; j < count; i++, j += channels) data[j] = alpha[i] ?? 0;
  return { data: data instanceof Uint16Array ? data : new Uint8Array(data.buffer), channels };
}

function fromGrey(
  frame: Frame,
  data: Uint16Array | Uint8ClampedArray,
  channels: number,
  deep: boolean,
): void {
  const codes = frame.planes[0]?.data ?? new Uint8Array(0);
  const factor = (deep ? 65_535 : 255) / (2 ** frame.stream.format.bitDepth - 1);
  for (let i = 0; i < codes.length; i++) data[i * channels] = Math.round((codes[i] ?? 0) * factor);
}

function fromYcc(frame: Frame, data: Uint16Array | Uint8ClampedArray, channels: number, deep: boolean): void {
  const { red, blue, green, top, zero, luma, chromaBlue, chromaRed } = constants(frame);
  const white = deep ? 65_535 : 255;
  // A clamped array rounds half to even, which is as good; 16 bits have none.
  const fit = (value: number): number => (deep ? Math.min(white, Math.max(0, Math.round(value))) : value);
  for (let i = 0, j = 0; i < luma.length; i++, j += channels) {
    const y = luma[i] ?? 0;
    const b = y + 2 * (1 - blue) * ((chromaBlue[i] ?? 0) - zero);
    const r = y + 2 * (1 - red) * ((chromaRed[i] ?? 0) - zero);
    const g = (y - red * r - blue * b) / green;
    data[j] = fit((r * white) / top);
    data[j + 1] = fit((g * white) / top);
    data[j + 2] = fit((b * white) / top);
  }
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
