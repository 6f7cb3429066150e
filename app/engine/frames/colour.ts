import type { ColourDescription } from '../../shared';

/** Weights of red and blue in luma, by ffmpeg's matrix name (ITU-R BT.601, BT.709, BT.2020; SMPTE 240M, FCC). */
const LUMA_WEIGHTS: ReadonlyMap<string, { readonly red: number; readonly blue: number }> = new Map([
  ['smpte170m', { red: 0.299, blue: 0.114 }],
  ['bt470bg', { red: 0.299, blue: 0.114 }],
  ['fcc', { red: 0.3, blue: 0.11 }],
  ['bt709', { red: 0.2126, blue: 0.0722 }],
  ['bt2020nc', { red: 0.2627, blue: 0.0593 }],
  ['smpte240m', { red: 0.212, blue: 0.087 }],
]);

/** Codes of black and white, and half the span of chroma, at a bit depth and range (ITU-R BT.2100, table 9). */
export function codeRange(
  bitDepth: number,
  range: ColourDescription['range'],
): { black: number; white: number; chromaZero: number; chromaSpan: number } {
  const unit = 2 ** (bitDepth - 8);
  const chromaZero = 128 * unit;
  if (range === 'limited') return { black: 16 * unit, white: 235 * unit, chromaZero, chromaSpan: 224 * unit };
  const top = 2 ** bitDepth - 1;
  return { black: 0, white: top, chromaZero, chromaSpan: top };
}

/** Red and blue weights of `matrix`; unknown ones follow the picture's height, as players guess (BT.709 from 720 lines). */
export function lumaWeights(matrix: string, height: number): { readonly red: number; readonly blue: number } {
  const known = LUMA_WEIGHTS.get(matrix);
  if (known) return known;
  return height >= 720 ? { red: 0.2126, blue: 0.0722 } : { red: 0.299, blue: 0.114 };
}

/**
 * Affine map from luma codes to the luma that networks see: black and white at 16/255 and 235/255
 * whatever the depth and range, so that one model serves all. `value = code · scale + offset`.
 */
export function lumaToUnit(
  bitDepth: number,
  range: ColourDescription['range'],
): { scale: number; offset: number } {
  const { black, white } = codeRange(bitDepth, range);
  const scale = 219 / 255 / (white - black);
  return { scale, offset: 16 / 255 - black * scale };
}
