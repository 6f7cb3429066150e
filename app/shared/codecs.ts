import type { Codec } from './options';

/** What people need to know about a codec to choose it, and where its stream can be kept. */
export interface CodecFacts {
  readonly label: string;
  readonly help: string;
  /** Extensions of containers that hold it, the usual one first. */
  readonly containers: readonly string[];
  /** Null where the codec has no quality setting. */
  readonly crf: { readonly default: number; readonly max: number } | null;
}

export const CODEC_FACTS: Readonly<Record<Codec, CodecFacts>> = {
  h264: {
    label: 'H.264',
    help: 'Plays everywhere.',
    containers: ['mp4', 'mov', 'mkv', 'avi'],
    crf: { default: 18, max: 51 },
  },
  hevc: {
    label: 'HEVC (H.265)',
    help: 'About half the size, slower to write.',
    containers: ['mp4', 'mov', 'mkv'],
    crf: { default: 20, max: 51 },
  },
  vp9: {
    label: 'VP9',
    help: 'Open format, for the web.',
    containers: ['webm', 'mkv', 'mp4'],
    crf: { default: 24, max: 63 },
  },
  av1: {
    label: 'AV1',
    help: 'Smallest files, slow to write, needs a recent player.',
    containers: ['mp4', 'mkv', 'webm'],
    crf: { default: 28, max: 63 },
  },
  prores: {
    label: 'ProRes',
    help: 'For editing programs, large.',
    containers: ['mov', 'mkv'],
    crf: null,
  },
  ffv1: {
    label: 'FFV1',
    help: 'Lossless, very large.',
    containers: ['mkv', 'avi', 'mov'],
    crf: null,
  },
};
