import { z } from 'zod';
import { fitSchema } from './fit';
import { FRAME_FACTORS, MOTION_METHODS, motionQualityOption, SLOW_SOUNDS } from './motion-options';
import {
  BACKENDS,
  CHROMA,
  bitrateOption,
  CODECS,
  crfOption,
  DEINTERLACING,
  ENHANCE_SCALES,
  paceOption,
  QUALITIES,
  targetSizeOption,
} from './options';
import { objectPathsSchema } from './object-paths';
import {
  backgroundSchema,
  blurRadiusOption,
  contoursSchema,
  featherOption,
  minScoreOption,
  SEGMENT_OUTPUTS,
  segmentClassesSchema,
  segmentQualityOption,
  someInstancesSchema,
} from './segment-options';
import type { ErrorData } from './errors';

/** Frames out of one that a stage makes at most. */
export const MOST_NEW_FRAMES = 8;
const TOO_MANY_FRAMES = `a factor and slow motion make at most ${MOST_NEW_FRAMES} frames of one together`;

/** One step of a job, in the user's order. */
export const stageRequestSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('enhance'),
      /** Left out: the smallest that reaches `fit`. */
      scale: z.literal(ENHANCE_SCALES).optional(),
      /** Bounds for the result, which is resized to them after the network. */
      fit: fitSchema.optional(),
      /** `auto` if left out. */
      quality: z.enum(QUALITIES).optional(),
      /** Frames a second that `auto` should reach; the source's own rate if left out. */
      pace: paceOption.schema.optional(),
      /** A model for compressed and slightly blurred pictures. */
      restore: z.boolean().optional(),
      /** Model by name; says all that `quality` and `restore` say. */
      model: z.string().optional(),
    })
    .refine(
      ({ scale, fit }) => scale !== undefined || fit !== undefined,
      'enhance needs a scale or a size to fit',
    ),
  z
    .object({
      kind: z.literal('interpolate'),
      /** The frame rate's. Left out: 1. */
      factor: z.literal(FRAME_FACTORS).optional(),
      /** Time's. Left out: 1. */
      slow: z.literal(FRAME_FACTORS).optional(),
      /** `stretch` if left out. */
      slowSound: z.enum(SLOW_SOUNDS).optional(),
      /** Frames that are there are made sharp: by a network, or not at all. */
      deblur: z.boolean().optional(),
      /** `auto` if left out. */
      method: z.enum(MOTION_METHODS).optional(),
      /** Size of the network. Left out: `light`. */
      quality: motionQualityOption.schema.optional(),
      /** Model by name; says all that `quality` says. */
      model: z.string().optional(),
    })
    .refine(
      ({ factor = 1, slow = 1, deblur }) => factor * slow > 1 || deblur === true,
      'interpolate needs a factor, slow motion or deblur',
    )
    .refine(({ factor = 1, slow = 1 }) => factor * slow <= MOST_NEW_FRAMES, TOO_MANY_FRAMES)
    .refine(
      ({ deblur, method, model, quality }) =>
        method !== 'motion' || !(deblur === true || model !== undefined || quality !== undefined),
      'motion alone takes no blur away and has no network: leave out what is about one, or the method',
    ),
  z
    .object({
      kind: z.literal('segment'),
      classes: segmentClassesSchema,
      /** The tracks that are used. Left out: all. */
      instances: someInstancesSchema.optional(),
      /** Objects by where they are, in place of numbers: those that are chosen are used, others and new ones not. */
      objects: objectPathsSchema.optional(),
      /** Left out: what the network is best at. */
      minScore: minScoreOption.schema.optional(),
      /** How large the network sees pictures. Left out: as its manifest says, which is `light`. */
      quality: segmentQualityOption.schema.optional(),
      /** `overlay` if left out. */
      output: z.enum(SEGMENT_OUTPUTS).optional(),
      /** What `replace` puts behind. */
      background: backgroundSchema.optional(),
      /** Pixels; left out: a part of the picture's shorter side. */
      blurRadius: blurRadiusOption.schema.optional(),
      /** Pixels. Left out: 0. */
      feather: featherOption.schema.optional(),
      /** A file for each track in place of one for all. */
      perInstance: z.boolean().optional(),
      /** A document of contours beside the result; its kind alone means the result's own name. */
      contours: contoursSchema.optional(),
      /** Model by name. */
      model: z.string().optional(),
    })
    .refine(
      ({ output, background }) => (output === 'replace') === (background !== undefined),
      'replace needs a background, and nothing else takes one',
    )
    .refine(
      ({ instances, objects }) => instances === undefined || objects === undefined,
      'objects are chosen by their numbers or by where they are, not both',
    )
    .refine(
      ({ output, perInstance }) => perInstance !== true || output === 'cutout' || output === 'matte',
      'a file for each object is for cut-outs and mattes',
    ),
]);
export type StageRequest = z.infer<typeof stageRequestSchema>;
export type SegmentRequest = Extract<StageRequest, { kind: 'segment' }>;

/** Steps that a job is made of. */
export const stagesSchema = z
  .array(stageRequestSchema)
  .min(1)
  .refine((stages) => stages.filter(isSegment).length <= 1, 'objects are cut out once in a job')
  .refine(
    (stages) => !stages.slice(0, -1).some((stage) => isSegment(stage) && givesContours(stage)),
    'nothing can follow contours: they are no picture',
  )
  .readonly();

function isSegment(stage: StageRequest): stage is SegmentRequest {
  return stage.kind === 'segment';
}

/** True where the result is a document, not a picture. */
export function givesContours({ output }: SegmentRequest): boolean {
  return output === 'json' || output === 'svg';
}

/** The stage of a job that cuts out, if there is one. */
export function segmentOf(stages: readonly StageRequest[]): SegmentRequest | undefined {
  return stages.find(isSegment);
}

/** A part of a video, in seconds; all of it where nothing is said. */
const partSchema = z
  .object({ start: z.number().nonnegative().optional(), end: z.number().positive().optional() })
  .readonly();

/** What a user asks for: one file in, one file out. */
export const jobRequestSchema = z
  .object({
    input: z.string().min(1),
    output: z.string().min(1),
    stages: stagesSchema,
    codec: z.enum(CODECS),
    /** Left out: the codec's own good default. */
    crf: crfOption.schema.optional(),
    /** Bits a second of the video, in the mean, in place of a CRF. */
    bitrate: bitrateOption.schema.optional(),
    /** Bytes that the whole file should have, in place of a CRF. */
    targetSize: targetSizeOption.schema.optional(),
    /** Seconds from the start of the file; the result begins at or after `start` and ends before `end`. */
    start: z.number().nonnegative().optional(),
    end: z.number().positive().optional(),
    /** `auto` if left out. */
    deinterlace: z.enum(DEINTERLACING).optional(),
    /** `auto` if left out. */
    chroma: z.enum(CHROMA).optional(),
    backend: z.enum(BACKENDS),
    overwrite: z.boolean(),
    /** Go on from finished segments of an interrupted run of the same job. */
    resume: z.boolean(),
    /** A look at a longer job, which is about this part: what is chosen by length is chosen as for that. */
    sampleOf: partSchema.optional(),
    /** Only the first frame is wanted: a BMP, upright, in square pixels and at most so wide. */
    firstFrame: z.object({ maxWidth: z.int().positive() }).readonly().optional(),
  })
  .refine(
    ({ crf, bitrate, targetSize }) =>
      [crf, bitrate, targetSize].filter((one) => one !== undefined).length <= 1,
    'a quality, a bit rate or a size: not two of them',
  )
  .readonly();
export type JobRequest = z.infer<typeof jobRequestSchema>;

/** Previews are looked at at once: longer ones would take as long as the job. */
const LONGEST_PREVIEW_SECONDS = 5;

/** A short part of a job that a page may look at before the whole. */
export const previewRequestSchema = z
  .object({
    input: z.string().min(1),
    stages: stagesSchema,
    start: z.number().nonnegative(),
    end: z.number().positive(),
    /** Its first frame is what is wanted, every pixel of it. */
    still: z.boolean().optional(),
    /** The part that the export will be about. */
    of: partSchema.optional(),
  })
  .refine(
    ({ start, end }) => end > start && end - start <= LONGEST_PREVIEW_SECONDS,
    `a preview is of at most ${LONGEST_PREVIEW_SECONDS} seconds`,
  )
  .readonly();
export type PreviewRequest = z.infer<typeof previewRequestSchema>;

/** A look for objects through a part of a file, or all of it, before they are cut out. */
export const objectsRequestSchema = z
  .object({
    input: z.string().min(1),
    classes: segmentClassesSchema,
    minScore: minScoreOption.schema.optional(),
    start: z.number().nonnegative(),
    /** Left out: to the end. */
    end: z.number().positive().optional(),
  })
  .refine(({ start, end = Infinity }) => end > start, 'the end must come after the start')
  .readonly();
export type ObjectsRequest = z.infer<typeof objectsRequestSchema>;

/**
 * ```
 * waiting → preparing → running ⇄ paused
 *                 │        │  └────────────┐
 *                 │        ▼               ▼
 *                 │     finishing → done   cancelled
 *                 └──────┴──────→ failed
 * ```
 */
export type JobState =
  'waiting' | 'preparing' | 'running' | 'paused' | 'finishing' | 'done' | 'failed' | 'cancelled';

/** Seconds of active time spent so far, by part of the pipeline (they overlap, so they add up to more than the clock). */
export interface StageTimings {
  readonly decode: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly encode: number;
}

/** What a stage computes with, where there was something to choose. */
export interface StageChoice {
  /** The stage's kind. */
  readonly stage: string;
  /** Model by its manifest's name, for programs, and by its title, for people. */
  readonly model: string;
  readonly title: string;
  /** Why this one, as a sentence. */
  readonly reason: string;
}

export interface JobProgress {
  readonly state: JobState;
  /** Empty until the stages are open. */
  readonly choices: readonly StageChoice[];
  /** Frames written, counting those of finished segments from an earlier run. */
  readonly framesDone: number;
  /** Expected number of frames; null where the file doesn't tell. */
  readonly framesTotal: number | null;
  /** 0 to 1, never falls. Null while nothing is known. */
  readonly fraction: number | null;
  /** Output frames a second, averaged over the last half minute of active time; null in the first seconds. */
  readonly framesPerSecond: number | null;
  /** Seconds left; null in the first seconds. */
  readonly etaSeconds: number | null;
  readonly bytesWritten: number;
  /** What the pictures of the result will come to, going by those written; null while too few are. */
  readonly expectedBytes: number | null;
  readonly timings: StageTimings;
}

export interface JobResult {
  /** The file that was asked for; of several the first. */
  readonly output: string;
  /** All files that were written, where they are more than `output`. */
  readonly files?: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly sizeBytes: number;
  /** Active seconds from start to rename. */
  readonly seconds: number;
  /** Frames of this run alone (less than `frames` after a resume). */
  readonly framesThisRun: number;
  readonly backend: string;
  readonly choices: readonly StageChoice[];
  /** What the user should know: streams that could not be carried and why, fallbacks, … */
  readonly notes: readonly string[];
  readonly timings: StageTimings;
}

/** What the engine tells about a job, in order; the last one is `done`, `failed` or `cancelled`. */
export type JobEvent =
  | { readonly type: 'progress'; readonly jobId: string; readonly progress: JobProgress }
  | { readonly type: 'note'; readonly jobId: string; readonly note: string }
  | { readonly type: 'done'; readonly jobId: string; readonly result: JobResult }
  | { readonly type: 'failed'; readonly jobId: string; readonly error: ErrorData }
  | { readonly type: 'cancelled'; readonly jobId: string };
