import type { Codec } from '../../shared';

/** What an encoder is opened with. */
export interface EncoderSettings {
  /** ffmpeg's name of the encoder. */
  readonly encoder: string;
  readonly crf: number;
  readonly format: string;
  readonly fullRange: boolean;
  /** The result has alpha. */
  readonly alpha: boolean;
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
  /** Formats with alpha that it is given, and how it carries alpha: with the colours, or as a stream of grey of its own. Null where it can't. */
  readonly alpha: { readonly formats: readonly string[]; readonly apart: boolean } | null;
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
/** Frames from one key frame to the next where alpha is coded apart. */
const ALPHA_KEY_STEP = '48';
const TWELVE_BIT = ['yuv420p12le', 'yuv422p12le', 'yuv444p12le'] as const;

/**
 * Codecs, one row each, with settings that are good without thought. Grey goes as 4:2:0 to codecs
 * whose players seldom know 4:0:0.
 */
export const CODEC_TABLE: Readonly<Record<Codec, CodecRow>> = {
  h264: {
    encoders: [{ name: 'libx264', least: 2 }],
    formats: [...EIGHT_BIT, ...TEN_BIT],
    alpha: null,
    evenOnly: true,
    statesRange: true,
    statesColour: true,
    args: ({ crf }) => ['-preset', 'veryfast', '-crf', String(crf)],
  },
  hevc: {
    encoders: [{ name: 'libx265', least: 16 }],
    formats: [...EIGHT_BIT, ...TEN_BIT, ...TWELVE_BIT],
    alpha: null,
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
    // Readers of alpha in WebM know 8 bits in 4:2:0 alone.
    alpha: { formats: ['yuva420p'], apart: true },
    evenOnly: false,
    statesRange: true,
    statesColour: true,
    args: ({ crf, alpha }) => [
      ...['-crf', String(crf), '-b:v', '0'],
      ...['-row-mt', '1', '-deadline', 'good', '-cpu-used', '4'],
      // Every packet has one of alpha beside it, so none may hold two frames; key frames of both come together.
      ...(alpha ? ['-auto-alt-ref', '0', '-g', ALPHA_KEY_STEP, '-keyint_min', ALPHA_KEY_STEP] : []),
    ],
  },
  av1: {
    encoders: [
      { name: 'libsvtav1', least: 64 },
      { name: 'libaom-av1', least: 1 },
    ],
    formats: ['yuv420p', 'yuv420p10le'],
    alpha: null,
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
    alpha: { formats: ['yuva444p10le'], apart: false },
    evenOnly: false,
    statesRange: false,
    statesColour: true,
    args: ({ format, alpha }) => [
      ...['-profile:v', format.includes('444') ? '4' : '3', '-vendor', 'apl0'],
      ...(alpha ? ['-alpha_bits', '16'] : []),
    ],
  },
  ffv1: {
    encoders: [{ name: 'ffv1', least: 1 }],
    formats: [...EIGHT_BIT, ...TEN_BIT, ...TWELVE_BIT, 'gray', 'gray10le', 'gray12le'],
    alpha: {
      formats: [...EIGHT_BIT, ...TEN_BIT].map((name) => name.replace('yuv', 'yuva')),
      apart: false,
    },
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
