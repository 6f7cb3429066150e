import { z } from 'zod';

/**
 * The options of a job, one object each. The command line, its help, the window, the docs and the
 * checks all read this table.
 */
export interface OptionSpec<T> {
  readonly name: string;
  /** As commander writes it. */
  readonly flag: string;
  readonly label: string;
  readonly help: string;
  readonly schema: z.ZodType<T>;
  /** Undefined where leaving it out means something of its own. */
  readonly default?: T;
  /** Closed set of values, where there is one. */
  readonly choices?: readonly T[];
}

export const CODECS = ['h264', 'hevc', 'vp9', 'av1', 'prores', 'ffv1'] as const;
export type Codec = (typeof CODECS)[number];

export const BACKENDS = ['auto', 'cpu', 'webgpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** Factors that models are there for. */
export const ENHANCE_SCALES = [2] as const;
export type EnhanceScale = (typeof ENHANCE_SCALES)[number];

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
};

export const codecOption: OptionSpec<Codec> = {
  name: 'codec',
  flag: '--codec <name>',
  label: 'Codec',
  help: 'video codec of the result',
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
};

export const startOption: OptionSpec<number> = {
  name: 'start',
  flag: '--start <time>',
  label: 'Start',
  help: 'begin here (90, 62.5, 1:02.5 or 1:02:03)',
  schema: z.number().nonnegative(),
};

export const endOption: OptionSpec<number> = {
  name: 'end',
  flag: '--end <time>',
  label: 'End',
  help: 'stop here, same notation as --start',
  schema: z.number().positive(),
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
  codecOption,
  crfOption,
  startOption,
  endOption,
  backendOption,
  overwriteOption,
  resumeOption,
] as const;
