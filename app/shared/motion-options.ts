import { z } from 'zod';
import { MODEL_SIZES, type ModelSize } from './model-size';
import { parseNumber, type OptionSpec } from './option-spec';

/** What the number of frames can be multiplied by. */
export const FRAME_FACTORS = [2, 4, 8] as const;
export type FrameFactor = (typeof FRAME_FACTORS)[number];

/** Where new frames come from: a trained network, or the motion between two frames alone. */
export const MOTION_METHODS = ['auto', 'network', 'motion'] as const;
export type MotionMethod = (typeof MOTION_METHODS)[number];

export const SLOW_SOUNDS = ['stretch', 'drop'] as const;
export type SlowSound = (typeof SLOW_SOUNDS)[number];

export const interpolateOption: OptionSpec<FrameFactor> = {
  name: 'interpolate',
  flag: '--interpolate <factor>',
  label: 'Smoother motion',
  help: 'multiply the frame rate by this factor; with a network motion blur is removed as well',
  schema: z.literal(FRAME_FACTORS),
  choices: FRAME_FACTORS,
  parse: parseNumber,
};

export const slowOption: OptionSpec<FrameFactor> = {
  name: 'slow',
  flag: '--slow <factor>',
  label: 'Slow motion',
  help: 'keep the frame rate and stretch time by this factor',
  schema: z.literal(FRAME_FACTORS),
  choices: FRAME_FACTORS,
  parse: parseNumber,
};

export const deblurOption: OptionSpec<boolean> = {
  name: 'deblur',
  flag: '--deblur',
  label: 'Deblur',
  help: 'remove motion blur from the frames that are there (needs a network)',
  schema: z.boolean(),
  default: false,
};

export const methodOption: OptionSpec<MotionMethod> = {
  name: 'method',
  flag: '--method <name>',
  label: 'New frames by',
  help: 'where new frames come from: a network, or the motion between two frames alone, which leaves the frames that are there untouched; auto takes the network where there is one',
  schema: z.enum(MOTION_METHODS),
  default: 'auto',
  choices: MOTION_METHODS,
};

export const motionQualityOption: OptionSpec<ModelSize> = {
  name: 'quality',
  flag: '--quality <size>',
  label: 'Network',
  help: 'size of the network for motion: standard is the best one and takes several times as long (left out: light)',
  schema: z.enum(MODEL_SIZES),
  choices: MODEL_SIZES,
};

export const slowSoundOption: OptionSpec<SlowSound> = {
  name: 'slowSound',
  flag: '--slow-sound <how>',
  label: 'Sound',
  help: 'what becomes of the sound in slow motion: as long as the picture at the same pitch, or left out',
  schema: z.enum(SLOW_SOUNDS),
  default: 'stretch',
  choices: SLOW_SOUNDS,
};
