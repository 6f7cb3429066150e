import type { Rgb } from '../../../../shared';
import { codeRange, lumaWeights, type StreamFormat } from '../../../frames';

/** Codes of one colour in a stream: luma, and Cb and Cr where it has them. */
export type ColourCodes = readonly number[];

/** The codes that show `colour` (sRGB's primaries and curve taken as the stream's own) in a stream, not rounded. */
export function codesOf({ red, green, blue }: Rgb, { format, colour, height }: StreamFormat): ColourCodes {
  const { black, white, chromaZero, chromaSpan } = codeRange(format.bitDepth, colour.range);
  const weights = lumaWeights(colour.matrix, height);
  const [r, g, b] = [red / 255, green / 255, blue / 255];
  const luma = weights.red * r + (1 - weights.red - weights.blue) * g + weights.blue * b;
  const codes = [
    black + luma * (white - black),
    chromaZero + (chromaSpan * (b - luma)) / (2 * (1 - weights.blue)),
    chromaZero + (chromaSpan * (r - luma)) / (2 * (1 - weights.red)),
  ];
  return format.planes === 1 ? codes.slice(0, 1) : codes;
}
