import { z } from 'zod';
import { CLASS_NAMES, type ClassName } from './coco-classes';
import { COLOUR_NAMES, parseColour } from './colour-name';
import { extensionOf } from './media-names';
import { MODEL_SIZES, type ModelSize } from './model-size';
import { parseNumber, type OptionSpec } from './option-spec';

/** What is made of the objects that were found. */
export const SEGMENT_OUTPUTS = ['overlay', 'cutout', 'matte', 'blur', 'replace', 'json', 'svg'] as const;
export type SegmentOutput = (typeof SEGMENT_OUTPUTS)[number];

/** Kinds of documents that hold contours. */
export const CONTOUR_FORMATS = ['json', 'svg'] as const;
export type ContourFormat = (typeof CONTOUR_FORMATS)[number];

/** Classes of objects, or all that the network knows well enough. */
export const segmentClassesSchema = z.union([
  z.literal('all'),
  z
    .array(z.custom<ClassName>((name) => CLASS_NAMES.some((known) => known === name)))
    .min(1)
    .readonly(),
]);
export type SegmentClasses = z.infer<typeof segmentClassesSchema>;

/** A flat colour, or a picture that fills the frame. */
export const backgroundSchema = z.union([
  z.object({
    colour: z.object({
      red: z.int().min(0).max(255),
      green: z.int().min(0).max(255),
      blue: z.int().min(0).max(255),
    }),
  }),
  z.object({ image: z.string().min(1).max(32_768) }),
]);
export type Background = z.infer<typeof backgroundSchema>;

/** Numbers of tracks, or those that a shot is about (main-objects.ts). */
export const someInstancesSchema = z.union([
  z.literal('main'),
  z.array(z.int().positive()).min(1).readonly(),
]);
export type SomeInstances = z.infer<typeof someInstancesSchema>;

export const instancesSchema = z.union([z.literal('all'), someInstancesSchema]);
export type InstanceChoice = z.infer<typeof instancesSchema>;

/** Where contours go beside a result: a file by name, or of this kind with the result's own name. */
export const contoursSchema = z
  .string()
  .min(1)
  .max(32_768)
  .refine((path) => contourFormat(path) !== null, 'ends in neither .json nor .svg');

/** The kind of document that a path names, or that is named itself; null for anything else. */
export function contourFormat(path: string): ContourFormat | null {
  return CONTOUR_FORMATS.find((format) => format === path || format === extensionOf(path)) ?? null;
}

/** `cell-phone` and `Cell_Phone` are `cell phone`. */
function className(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[-_\s]+/g, ' ');
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export const segmentOption: OptionSpec<SegmentClasses> = {
  name: 'segment',
  flag: '--segment <classes>',
  label: 'Cut out',
  help: 'find every object of these classes, outline it and follow it through the shot: person,car,… or all',
  schema: segmentClassesSchema,
  parse: (text) => (text.trim().toLowerCase() === 'all' ? 'all' : listed(text).map(className)),
  expects: `all, or classes separated by commas, of: ${CLASS_NAMES.join(', ')}`,
  words: ['all', ...CLASS_NAMES],
};

export const segmentOutputOption: OptionSpec<SegmentOutput> = {
  name: 'output',
  flag: '--output <what>',
  label: 'Result',
  help: 'what is made of the objects: outlines over the picture, a cut-out with transparency, a black and white matte, a blurred or another background, or the contours themselves (left out: what the file name of -o means, else overlay)',
  schema: z.enum(SEGMENT_OUTPUTS),
  choices: SEGMENT_OUTPUTS,
};

export const instancesOption: OptionSpec<InstanceChoice> = {
  name: 'instances',
  flag: '--instances <which>',
  label: 'Objects',
  help: 'only these objects, by the numbers that overlay and JSON show (1,4); main: no passers-by, which are less than half as large as the largest; or all',
  schema: instancesSchema,
  default: 'all',
  parse: (text) => {
    const word = text.trim().toLowerCase();
    return word === 'all' || word === 'main' ? word : listed(text).map(parseNumber);
  },
  expects: 'all, main, or numbers of objects separated by commas, such as 1,4',
  words: ['all', 'main'],
};

export const minScoreOption: OptionSpec<number> = {
  name: 'minScore',
  flag: '--min-score <number>',
  label: 'Least score',
  help: 'leave out objects that the network is less sure of, 0 to 1',
  schema: z.number().min(0).max(1),
  parse: parseNumber,
  expects: 'a number from 0 to 1',
};

export const segmentQualityOption: OptionSpec<ModelSize> = {
  name: 'quality',
  flag: '--quality <size>',
  label: 'Network sees',
  help: 'how large the network sees the picture: its longer side is 384, 512 or 640 pixels (left out: 512)',
  schema: z.enum(MODEL_SIZES),
  choices: MODEL_SIZES,
};

export const backgroundOption: OptionSpec<Background> = {
  name: 'background',
  flag: '--background <colour|image>',
  label: 'Background',
  help: `what --output replace puts behind the objects: a colour (#rrggbb or a name) or an image, which fills the frame`,
  schema: backgroundSchema,
  parse: (text) => {
    const colour = parseColour(text);
    return colour ? { colour } : { image: text };
  },
  expects: `a colour (#rrggbb, ${COLOUR_NAMES.join(', ')}) or the name of an image`,
};

export const blurRadiusOption: OptionSpec<number> = {
  name: 'blurRadius',
  flag: '--blur-radius <pixels>',
  label: 'Blur',
  help: "how far --output blur spreads the background, in pixels of the picture (left out: 3 % of the picture's shorter side)",
  schema: z.number().positive().max(500),
  parse: parseNumber,
  expects: 'pixels, more than 0 and at most 500',
};

export const featherOption: OptionSpec<number> = {
  name: 'feather',
  flag: '--feather <pixels>',
  label: 'Feather',
  help: 'soften edges by so many pixels',
  schema: z.number().min(0).max(100),
  default: 0,
  parse: parseNumber,
  expects: 'pixels from 0 to 100',
};

export const perInstanceOption: OptionSpec<boolean> = {
  name: 'perInstance',
  flag: '--per-instance',
  label: 'A file for each object',
  help: 'write each object into a file of its own, OUT-1, OUT-2, …, all as long as the video (cutout and matte)',
  schema: z.boolean(),
  default: false,
};

export const contoursOption: OptionSpec<string> = {
  name: 'contours',
  flag: '--contours <file>',
  label: 'Contours beside it',
  help: 'write the contours as well, into a .json or .svg file; json or svg alone: beside the result under its name',
  schema: contoursSchema,
  expects: 'a file name that ends in .json or .svg, or one of json, svg',
};
