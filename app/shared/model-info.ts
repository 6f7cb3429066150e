import { z } from 'zod';
import { CLASS_NAMES, type ClassName } from './coco-classes';
import { MODEL_SIZES } from './model-size';

const tensorSchema = z.object({
  name: z.string(),
  type: z.string(),
  shape: z.array(z.union([z.int(), z.string()])),
  layout: z.string(),
  range: z.tuple([z.number(), z.number()]).optional(),
});

/** What every network's manifest tells. */
const commonSchema = z.object({
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** How large the network is among those of its task: what it costs and gives. */
  size: z.enum(MODEL_SIZES),
  parameters: z.number(),
  licence: z.object({
    weights: z.string(),
    data: z.array(z.object({ name: z.string(), licence: z.string(), count: z.number() }).loose()),
  }),
  training: z.record(z.string(), z.unknown()),
});

/** A file of the model's folder, and what it must be. */
const fileSchema = z.object({ file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export interface ModelFile extends Readonly<z.infer<typeof fileSchema>> {
  /** The same network on 8-bit codes, for processors that are fast with them. */
  readonly eightBit?: ModelFile | undefined;
}

/** A network whose one graph takes pictures in tiles. */
const oneGraphSchema = commonSchema.extend({
  ...fileSchema.shape,
  /** Receptive field to each side, in input pixels: what a tile needs around it. */
  halo: z.int().nonnegative(),
  inputs: z.array(tensorSchema).min(1),
  outputs: z.array(tensorSchema).min(1),
  /** Per input pixel. */
  operations: z.object({ adder: z.number(), mac: z.number() }),
});

const enhanceManifestSchema = oneGraphSchema.extend({
  task: z.literal('enhance'),
  /** Output size over input size. */
  scale: z.int().positive(),
  /** Trained on compressed and slightly blurred pictures, and meant for such. */
  restore: z.boolean(),
  colour: z.object({ plane: z.enum(['luma']), matrix: z.string(), range: z.enum(['limited', 'full']) }),
  quality: z.array(
    z.object({
      dataset: z.string(),
      scale: z.int(),
      precision: z.enum(['float32', 'uint8']),
      psnrY: z.number(),
      ssimY: z.number(),
    }),
  ),
});
export type EnhanceManifest = Readonly<z.infer<typeof enhanceManifestSchema>>;

/**
 * A network that makes sharp frames of blurred ones, and one between each two. A run is a step of a
 * stream, on float32 [1, 3, H, W] pictures of 0 … 1:
 *
 * - in: `previous`, `next` (frames k − 1 and k), `warped_previous`, `warped_next` (both moved to the
 *   middle), and every state as `state.NAME`;
 * - out: `sharp` (frame k − delay), `between` (the middle of k − delay and the frame after it), and every
 *   state for the next step as `next.NAME`.
 */
const interpolateManifestSchema = oneGraphSchema.extend({
  task: z.literal('interpolate'),
  colour: z.object({ plane: z.literal('rgb') }),
  /** Height and width that it takes are multiples of this. */
  multiple: z.int().positive(),
  /** Frames by which `sharp` comes after its own. */
  delay: z.int().nonnegative(),
  eightBit: fileSchema.optional(),
  /**
   * A graph that makes `between` once more, when the frame after it is sharp, too: from `sharp_previous` and `sharp_next`, both
   * moved to the middle (`warped_previous`, `warped_next`), `between`, and `frame`, which `sharp_previous` was made of, to
   * `refined`. All of the pictures' size.
   */
  refine: fileSchema.extend({ eightBit: fileSchema.optional(), halo: z.int().nonnegative() }).optional(),
  /** What is handed from step to step; the spatial size is the pictures' divided by `stride`. */
  states: z.array(
    z.object({
      name: z.string(),
      channels: z.int().positive(),
      stride: z.int().positive().default(1),
      /** What it holds before a shot's first step: its first frame, or zeros. */
      start: z.enum(['frame', 'zero']),
    }),
  ),
  /** Steps before a step's own that shape what it gives; null where states remember all of the shot. */
  memory: z.int().nonnegative().nullable(),
  quality: z.array(
    z.object({
      dataset: z.string(),
      /** Of new frames, of frames made sharp, and of sharp frames that come back. */
      measure: z.enum(['between', 'sharp', 'unharmed']),
      psnr: z.number(),
      ssim: z.number(),
    }),
  ),
});
export type InterpolateManifest = Readonly<z.infer<typeof interpolateManifestSchema>>;

/** What a `refine` graph takes. */
export const REFINE_INPUTS = [
  'sharp_previous',
  'sharp_next',
  'warped_previous',
  'warped_next',
  'between',
  'frame',
] as const;

/**
 * Deep Snake: graphs that find objects and draw their outlines. H and W are multiples of `multiple`, coordinates are
 * pixels of the network's input, the maps pass from graph to graph as they are.
 *
 * - `detector`: `image` float32 [1, 3, H, W] of 0 … 1 to `heatmap` [1, 80, H/4, W/4] (probabilities in COCO's order),
 *   `box` [1, 4, H/4, W/4] (distances to the left, top, right, bottom from a cell's middle), and the maps `features`,
 *   `fine`, `semantic`;
 * - `extreme`: `features`, `points` [N, diamond, 2], `centres` [N, 2] to `points_out` [N, diamond, 2];
 * - `contour`: `features`, `points` [N, contour, 2] to `contours` of the same size;
 * - `points`: the three maps, `points` [P, 2], `shape` [P, 5] to `logits` [P] of being inside.
 */
const segmentManifestSchema = commonSchema.extend({
  task: z.literal('segment'),
  graphs: z.object({
    detector: fileSchema,
    extreme: fileSchema,
    contour: fileSchema,
    points: fileSchema,
  }),
  colour: z.object({ plane: z.literal('rgb') }),
  /** Height and width that the detector takes are multiples of this. */
  multiple: z.int().positive(),
  /** Pixels of the longer side that pictures are made for it, where nothing else is wished. */
  workingSize: z.int().positive(),
  /** Of a contour before and after the extreme points are known. */
  points: z.object({ diamond: z.int().positive(), contour: z.int().positive() }),
  /** Multiplications with their addition: of the detector for 512×288 pixels, of the contours an object, of a point. */
  operations: z.object({ detector: z.number(), contours: z.number(), points: z.number() }),
  /** Whose weights training began with. */
  startedFrom: z.object({ licence: z.string() }).loose().nullable(),
  classes: z
    .array(
      z.object({
        /** In COCO's order. */
        index: z.int().nonnegative(),
        name: z.custom<ClassName>((name) => CLASS_NAMES.some((known) => known === name)),
        /** Average precision of its masks at an IoU of one half, 0 to 1, on pictures that no training saw; null where nothing was measured. */
        ap50: z.number().min(0).max(1).nullable(),
        /** Good enough to be offered. */
        shown: z.boolean(),
      }),
    )
    .min(1),
});
export type SegmentManifest = Readonly<z.infer<typeof segmentManifestSchema>>;
export type SegmentGraph = keyof SegmentManifest['graphs'];

/** `resources/models/NAME/manifest.json`. */
export const modelManifestSchema = z
  .discriminatedUnion('task', [enhanceManifestSchema, interpolateManifestSchema, segmentManifestSchema])
  .readonly();
export type ModelManifest = z.infer<typeof modelManifestSchema>;
export type ModelTask = ModelManifest['task'];

export function isEnhanceManifest(manifest: ModelManifest): manifest is EnhanceManifest {
  return manifest.task === 'enhance';
}

export function isInterpolateManifest(manifest: ModelManifest): manifest is InterpolateManifest {
  return manifest.task === 'interpolate';
}

export function isSegmentManifest(manifest: ModelManifest): manifest is SegmentManifest {
  return manifest.task === 'segment';
}

/** What a network costs: operations per pixel of its output, of either kind. */
export function operationsPerPixel(manifest: EnhanceManifest | InterpolateManifest): number {
  const { operations } = manifest;
  const outputs = manifest.task === 'enhance' ? manifest.scale ** 2 : 1;
  return (operations.adder + operations.mac) / outputs;
}

/** Mean PSNR in dB of a model as it ships, over the test sets that its manifest tells of; null where it tells of none. */
export function measuredPsnr(manifest: EnhanceManifest): number | null {
  const scores = manifest.quality.filter(({ precision }) => precision === 'uint8').map(({ psnrY }) => psnrY);
  return scores.length > 0 ? scores.reduce((sum, score) => sum + score, 0) / scores.length : null;
}
