import { z } from 'zod';
import { fitSchema, parseFit, type Fit } from './fit';
import { deblurOption, interpolateOption, methodOption, slowOption, slowSoundOption } from './motion-options';
import { MODEL_SIZES } from './model-size';
import { parseNumber, type OptionSpec } from './option-spec';
import {
  backgroundOption,
  blurRadiusOption,
  contoursOption,
  featherOption,
  instancesOption,
  minScoreOption,
  perInstanceOption,
  segmentOption,
  segmentOutputOption,
} from './segment-options';

export const CODECS = ['h264', 'hevc', 'vp9', 'av1', 'prores', 'ffv1'] as const;
export type Codec = (typeof CODECS)[number];

export const BACKENDS = ['auto', 'cpu', 'webgpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** What becomes of fields: `auto` makes whole frames of those that the file says are fields, `on` of all. */
export const DEINTERLACING = ['auto', 'on', 'off'] as const;
export type Deinterlacing = (typeof DEINTERLACING)[number];

/** How many colour samples a result has: as players need it, or as many as the source. */
export const CHROMA = ['auto', 'keep'] as const;
export type Chroma = (typeof CHROMA)[number];

/** Factors that models are made for; which are there, their manifests tell. */
export const ENHANCE_SCALES = [2, 3, 4] as const;
export type EnhanceScale = (typeof ENHANCE_SCALES)[number];

export const QUALITIES = ['auto', ...MODEL_SIZES] as const;
export type Quality = (typeof QUALITIES)[number];

const TIME = /^(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?)s?$/;

/** Seconds from `90`, `62.5s`, `1:02.5` or `1:02:03`; null if it is none of them. */
export function parseTime(text: string): number | null {
  const match = TIME.exec(text.trim());
  if (!match) return null;
  const [, hours, minutes, seconds] = match;
  if (minutes !== undefined && Number(seconds) >= 60) return null;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds);
}

export const enhanceOption: OptionSpec<EnhanceScale> = {
  name: 'enhance',
  flag: '--enhance <scale>',
  label: 'Enhance',
  help: 'enlarge and sharpen by this factor (AdderSR super-resolution)',
  schema: z.literal(ENHANCE_SCALES),
  choices: ENHANCE_SCALES,
  parse: parseNumber,
};

export const qualityOption: OptionSpec<Quality> = {
  name: 'quality',
  flag: '--quality <size>',
  label: 'Network',
  help: 'size of the network; auto takes the best one that is quick enough here for --pace. Of --interpolate, --slow and --deblur light (auto, too) or standard. Of --segment, how large it sees the picture: its longer side is 384, 512 (auto, too) or 640 pixels',
  schema: z.enum(QUALITIES),
  default: 'auto',
  choices: QUALITIES,
};

export const paceOption: OptionSpec<number> = {
  name: 'pace',
  flag: '--pace <fps>',
  label: 'Pace',
  help: "frames a second that --quality auto should reach (default: the video's own rate)",
  schema: z.number().positive().max(1000),
  parse: parseNumber,
  expects: 'frames a second, more than 0 and at most 1000',
};

export const fitOption: OptionSpec<Fit> = {
  name: 'fit',
  flag: '--fit <WxH>',
  label: 'Fit to',
  help: 'largest size within these bounds that keeps the shape (1920x1080, x1080 or 1920x); alone it picks the factor itself',
  schema: fitSchema,
  parse: parseFit,
  expects: 'a size such as 1920x1080, x1080 or 1920x, of 16 to 16384 pixels a side',
};

export const restoreOption: OptionSpec<boolean> = {
  name: 'restore',
  flag: '--restore',
  label: 'Restore',
  help: 'use the network trained on compressed and slightly blurred pictures',
  schema: z.boolean(),
  default: false,
};

export const codecOption: OptionSpec<Codec> = {
  name: 'codec',
  flag: '--codec <name>',
  label: 'Codec',
  help: 'video codec of the result; in .webm vp9 unless said',
  schema: z.enum(CODECS),
  default: 'h264',
  choices: CODECS,
};

export const crfOption: OptionSpec<number> = {
  name: 'crf',
  flag: '--crf <number>',
  label: 'Quality (CRF)',
  help: 'constant rate factor: lower is better and larger (h264, hevc 0–51; vp9, av1 0–63)',
  schema: z.number().min(0).max(63),
  parse: parseNumber,
  expects: 'a number from 0 to 63',
};

const SIZE = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:b|bit\/s|bps)?$/i;
const STEPS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** A number with k, M or G for thousands, millions, thousand millions (`25MB`, `800k`, `1.5G`); NaN where it is none. */
export function parseSize(text: string): number {
  const [, number = '', step = ''] = SIZE.exec(text.trim()) ?? [];
  return number === '' ? Number.NaN : Math.round(Number(number) * (STEPS[step.toLowerCase()] ?? Number.NaN));
}

export const bitrateOption: OptionSpec<number> = {
  name: 'bitrate',
  flag: '--bitrate <rate>',
  label: 'Bit rate',
  help: 'bits a second of the video in place of --crf (5M, 800k)',
  schema: z.number().min(10_000).max(1e9),
  parse: parseSize,
  expects: 'bits a second such as 5M or 800k, from 10k to 1000M',
};

export const targetSizeOption: OptionSpec<number> = {
  name: 'targetSize',
  flag: '--target-size <size>',
  label: 'File size',
  help: 'about how large the file should be, sound included, in place of --crf (25MB, 1.5G)',
  schema: z.number().min(10_000).max(1e13),
  parse: parseSize,
  expects: 'a size such as 25MB or 1.5G, of 10 kB or more',
};

export const startOption: OptionSpec<number> = {
  name: 'start',
  flag: '--start <time>',
  label: 'Start',
  help: 'begin here (90, 62.5, 1:02.5 or 1:02:03)',
  schema: z.number().nonnegative(),
  parse: parseTime,
  expects: 'a time such as 90, 62.5, 1:02.5 or 1:02:03',
};

export const endOption: OptionSpec<number> = {
  name: 'end',
  flag: '--end <time>',
  label: 'End',
  help: 'stop here, same notation as --start',
  schema: z.number().positive(),
  parse: parseTime,
  expects: 'a time after 0 such as 90, 62.5, 1:02.5 or 1:02:03',
};

export const deinterlaceOption: OptionSpec<Deinterlacing> = {
  name: 'deinterlace',
  flag: '--deinterlace <when>',
  label: 'Deinterlace',
  help: 'make whole frames of the fields of old video: where the file says that it has fields (auto), always, or never',
  schema: z.enum(DEINTERLACING),
  default: 'auto',
  choices: DEINTERLACING,
};

export const chromaOption: OptionSpec<Chroma> = {
  name: 'chroma',
  flag: '--chroma <how>',
  label: 'Colour samples',
  help: 'one for four pixels in H.264, HEVC and VP9, as nearly all players need it (auto), or as many as the source has (keep)',
  schema: z.enum(CHROMA),
  default: 'auto',
  choices: CHROMA,
};

export const backendOption: OptionSpec<Backend> = {
  name: 'backend',
  flag: '--backend <name>',
  label: 'Compute on',
  help: 'where the networks run',
  schema: z.enum(BACKENDS),
  default: 'auto',
  choices: BACKENDS,
};

export const overwriteOption: OptionSpec<boolean> = {
  name: 'overwrite',
  flag: '--overwrite',
  label: 'Overwrite',
  help: 'replace the output if it exists',
  schema: z.boolean(),
  default: false,
};

export const resumeOption: OptionSpec<boolean> = {
  name: 'resume',
  flag: '--resume',
  label: 'Resume',
  help: 'go on from the finished segments of an interrupted run of the same job (this is the default)',
  schema: z.boolean(),
  default: true,
};

export const OPTIONS = [
  enhanceOption,
  qualityOption,
  paceOption,
  fitOption,
  restoreOption,
  interpolateOption,
  slowOption,
  slowSoundOption,
  deblurOption,
  methodOption,
  segmentOption,
  segmentOutputOption,
  instancesOption,
  minScoreOption,
  backgroundOption,
  blurRadiusOption,
  featherOption,
  perInstanceOption,
  contoursOption,
  codecOption,
  crfOption,
  bitrateOption,
  targetSizeOption,
  startOption,
  endOption,
  deinterlaceOption,
  chromaOption,
  backendOption,
  overwriteOption,
  resumeOption,
] as const;
