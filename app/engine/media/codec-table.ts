import type { Codec, Rational } from '../../shared';

/**
 * What decides between size and quality: a constant rate factor, or bits a second in the mean. `most` is the highest mean
 * of all segments that are to be joined: their headers must be the same.
 */
export type RateControl =
  { readonly crf: number } | { readonly bitsPerSecond: number; readonly most: number };

/** What an encoder is opened with. */
export interface EncoderSettings {
  /** ffmpeg's name of the encoder. */
  readonly encoder: string;
  readonly rate: RateControl;
  readonly format: string;
  readonly fullRange: boolean;
  /** The result has alpha. */
  readonly alpha: boolean;
  readonly width: number;
  readonly height: number;
  /** Frames a second, as far as there is such a rate. */
  readonly frameRate: Rational | null;
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
    args: (settings) => [
      ...['-preset', 'veryfast', ...rateArguments(settings.rate)],
      ...parameters('-x264-params', [
        ...framesASecond(settings.frameRate),
        ...levelOption(H264_LEVELS, 16, 'level', settings),
      ]),
    ],
  },
  hevc: {
    encoders: [{ name: 'libx265', least: 16 }],
    formats: [...EIGHT_BIT, ...TEN_BIT, ...TWELVE_BIT],
    alpha: null,
    evenOnly: true,
    statesRange: true,
    statesColour: true,
    args: (settings) => [
      ...['-preset', 'fast', ...rateArguments(settings.rate)],
      ...parameters('-x265-params', [
        'log-level=error',
        // Old wrappers of libx265 don't pass the range on.
        `range=${settings.fullRange ? 'full' : 'limited'}`,
        ...framesASecond(settings.frameRate),
        // Segments of other rates must have the same header, in which its settings stand in words.
        ...('crf' in settings.rate ? [] : ['info=0']),
        ...levelOption(HEVC_LEVELS, 1, 'level-idc', settings),
      ]),
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
    args: ({ rate, alpha }) => [
      ...rateArguments(rate, '-b:v', '0'),
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
    args: ({ encoder, rate }) =>
      encoder === 'libsvtav1'
        ? ['-preset', '8', ...rateArguments(rate)]
        : [...rateArguments(rate, '-b:v', '0'), ...['-cpu-used', '8', '-strict', 'experimental']],
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

/** A constant rate factor with what the encoder needs `beside` it, or a mean bit rate. */
function rateArguments(rate: RateControl, ...beside: readonly string[]): readonly string[] {
  return 'crf' in rate
    ? ['-crf', String(rate.crf), ...beside]
    : ['-b:v', String(Math.round(rate.bitsPerSecond))];
}

function parameters(option: string, list: readonly string[]): readonly string[] {
  return list.length === 0 ? [] : [option, list.join(':')];
}

/**
 * Older wrappers take ticks of the time base for frames a second: libx265 then spends as much on one as 60,000 a second
 * may have (at CRF 20 it lost 3 dB), and libx264 misses its bit rate.
 */
function framesASecond(rate: Rational | null): readonly string[] {
  return rate ? [`fps=${rate.num}/${rate.den}`] : [];
}

/** A level's name, and what a second and a frame of it may hold, and kbit/s. */
type Level = readonly [name: string, aSecond: number, aFrame: number, kilobits: number];

/** ITU-T H.264, table A-1, those that fit every shape: macroblocks, and the High profile's rate. */
const H264_LEVELS: readonly Level[] = [
  ['1.3', 11_880, 396, 960],
  ['2.1', 19_800, 792, 5000],
  ['3', 40_500, 1620, 12_500],
  ['3.1', 108_000, 3600, 17_500],
  ['3.2', 216_000, 5120, 25_000],
  ['4', 245_760, 8192, 25_000],
  ['4.1', 245_760, 8192, 62_500],
  ['4.2', 522_240, 8704, 62_500],
  ['5', 589_824, 22_080, 168_750],
  ['5.1', 983_040, 36_864, 300_000],
  ['5.2', 2_073_600, 36_864, 300_000],
  ['6.2', 16_711_680, 139_264, 1_000_000],
];
/** ITU-T H.265, tables A.8 and A.9: luma samples, and the Main tier's rate. */
const HEVC_LEVELS: readonly Level[] = [
  ['2', 3_686_400, 122_880, 1500],
  ['2.1', 7_372_800, 245_760, 3000],
  ['3', 16_588_800, 552_960, 6000],
  ['3.1', 33_177_600, 983_040, 10_000],
  ['4', 66_846_720, 2_228_224, 12_000],
  ['4.1', 133_693_440, 2_228_224, 20_000],
  ['5', 267_386_880, 8_912_896, 25_000],
  ['5.1', 534_773_760, 8_912_896, 40_000],
  ['5.2', 1_069_547_520, 8_912_896, 60_000],
  ['6.1', 2_139_095_040, 35_651_584, 120_000],
  ['6.2', 4_278_190_080, 35_651_584, 240_000],
];
/** Of a frame rate that isn't known, the highest that is likely. */
const LIKELY_RATE = 60;

/**
 * The level of all segments of a mean bit rate, as an encoder's option: left to itself it tells a level by the rate of each,
 * of which libx264 allows the double. Empty where a CRF decides, or no level is high enough.
 */
function levelOption(
  levels: readonly Level[],
  block: number,
  option: string,
  settings: EncoderSettings,
): string[] {
  const { rate, width, height, frameRate } = settings;
  if ('crf' in rate) return [];
  const units = Math.ceil(width / block) * Math.ceil(height / block);
  const aSecond = units * (frameRate ? frameRate.num / frameRate.den : LIKELY_RATE);
  const level = levels.find(
    ([, mostASecond, most, kilobits]) =>
      aSecond <= mostASecond && units <= most && rate.most <= 500 * kilobits,
  );
  return level ? [`${option}=${level[0]}`] : [];
}
