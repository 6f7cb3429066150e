import type { Codec } from '../../shared';

/** What an encoder is opened with. */
export interface EncoderSettings {
  /** ffmpeg's name of the encoder. */
  readonly encoder: string;
  readonly crf: number;
  readonly format: string;
  readonly fullRange: boolean;
  readonly width: number;
  readonly height: number;
}

export interface EncoderRow {
  readonly name: string;
  /** Least width and height that it takes. */
  readonly least: number;
}

export interface CodecRow {
  /** In order of preference. */
  readonly encoders: readonly EncoderRow[];
  /** Formats it is given, in the engine's names; the build may know fewer. */
  readonly formats: readonly string[];
  /** The encoder refuses odd sizes where chroma is subsampled. */
  readonly evenOnly: boolean;
  /** Its stream says whether it is full range. */
  readonly statesRange: boolean;
  /** Its stream says which matrix, primaries and transfer it has. */
  readonly statesColour: boolean;
  readonly args: (settings: EncoderSettings) => readonly string[];
}

const EIGHT_BIT = ['yuv420p', 'yuv422p', 'yuv444p'] as const;
const TEN_BIT = ['yuv420p10le', 'yuv422p10le', 'yuv444p10le'] as const;
const TWELVE_BIT = ['yuv420p12le', 'yuv422p12le', 'yuv444p12le'] as const;

/**
 * Codecs, one row each, with settings that are good without thought. Grey goes as 4:2:0 to codecs
 * whose players seldom know 4:0:0.
 */
export const CODEC_TABLE: Readonly<Record<Codec, CodecRow>> = {
  h264: {
    encoders: [{ name: 'libx264', least: 2 }],
    formats: [...EIGHT_BIT, ...TEN_BIT],
    evenOnly: true,
    statesRange: true,
    statesColour: true,
    args: ({ crf }) => ['-preset', 'veryfast', '-crf', String(crf)],
  },
  hevc: {
    encoders: [{ name: 'libx265', least: 16 }],
    formats: [...EIGHT_BIT, ...TEN_BIT, ...TWELVE_BIT],
    evenOnly: true,
    statesRange: true,
    statesColour: true,
    args: ({ crf, fullRange }) => [
      ...['-preset', 'fast', '-crf', String(crf)],
      // Old wrappers of libx265 don't pass the range on.
      ...['-x265-params', `log-level=error:range=${fullRange ? 'full' : 'limited'}`],
    ],
  },
  vp9: {
    encoders: [{ name: 'libvpx-vp9', least: 1 }],
    formats: [...EIGHT_BIT, ...TEN_BIT, ...TWELVE_BIT],
    evenOnly: false,
    statesRange: true,
    statesColour: true,
    args: ({ crf }) => [
      ...['-crf', String(crf), '-b:v', '0'],
      ...['-row-mt', '1', '-deadline', 'good', '-cpu-used', '4'],
    ],
  },
  av1: {
    encoders: [
      { name: 'libsvtav1', least: 64 },
      { name: 'libaom-av1', least: 1 },
    ],
    formats: ['yuv420p', 'yuv420p10le'],
    evenOnly: false,
    statesRange: true,
    statesColour: true,
    args: ({ encoder, crf }) =>
      encoder === 'libsvtav1'
        ? ['-preset', '8', '-crf', String(crf)]
        : ['-crf', String(crf), '-b:v', '0', '-cpu-used', '8', '-strict', 'experimental'],
  },
  prores: {
    encoders: [{ name: 'prores_ks', least: 1 }],
    formats: ['yuv422p10le', 'yuv444p10le'],
    evenOnly: false,
    statesRange: false,
    statesColour: true,
    args: ({ format }) => ['-profile:v', format.startsWith('yuv444') ? '4' : '3', '-vendor', 'apl0'],
  },
  ffv1: {
    encoders: [{ name: 'ffv1', least: 1 }],
    formats: [...EIGHT_BIT, ...TEN_BIT, ...TWELVE_BIT, 'gray', 'gray10le', 'gray12le'],
    evenOnly: false,
    statesRange: false,
    statesColour: false,
    // ffmpeg cuts larger pictures into slices by itself, and refuses cuts that odd chroma forbids.
    args: ({ width, height }) => [
      ...['-level', '3', ...(width <= 352 && height <= 288 ? ['-slices', '1'] : [])],
      ...['-slicecrc', '1', '-g', '1'],
    ],
  },
};
