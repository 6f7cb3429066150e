import { z } from 'zod';
import { FRAME_FACTORS } from './motion-options';
import { MODEL_SIZES } from './model-size';

/** What `clearcut eval sr` measures. PSNR in dB and SSIM on BT.601 luma (16–235), `scale` border pixels cropped. */
export const evalSrRequestSchema = z
  .object({
    /** Holds HR/ and LR/ with equal file names (extensions may differ). */
    directory: z.string().min(1).max(32_768),
    scale: z.int().min(1).max(8),
    /** Left out: the best one of the scale. */
    quality: z.enum(MODEL_SIZES).optional(),
    restore: z.boolean().optional(),
    /** By name; says all that `quality` and `restore` say. */
    model: z.string().optional(),
  })
  .readonly();
export type EvalSrRequest = z.infer<typeof evalSrRequestSchema>;

export interface SrScore {
  readonly psnr: number;
  readonly ssim: number;
  /** Compute alone, per megapixel of output. */
  readonly secondsPerMegapixel: number;
}

export interface SrImageScore {
  readonly name: string;
  readonly model: SrScore;
  readonly bicubic: SrScore;
}

export interface EvalSrResult {
  readonly directory: string;
  readonly scale: number;
  readonly model: string;
  readonly backend: string;
  readonly images: readonly SrImageScore[];
  readonly mean: { readonly model: SrScore; readonly bicubic: SrScore };
}

/** Ways to make a frame between two: the product's own, by a network or by motion alone, and what it has to beat. */
export const INTERP_METHODS = ['model', 'motion', 'blend', 'minterpolate', 'dis'] as const;
/** Ways to make a blurred frame sharp: the product's own, and leaving it alone. */
export const DEBLUR_METHODS = ['model', 'input'] as const;
export type InterpMethod = (typeof INTERP_METHODS)[number];
export type DeblurMethod = (typeof DEBLUR_METHODS)[number];

/** What `clearcut eval interp` measures. */
export const evalInterpRequestSchema = z
  .object({
    /** Holds triplets, clips to be blurred by an index.tsv, or clips of which every second, fourth or eighth frame is left. */
    directory: z.string().min(1).max(32_768),
    /** `all`: every one that can be had here. */
    method: z.enum([...INTERP_METHODS, 'all']),
    /** Network by name, for the method `model`. */
    model: z.string().optional(),
    /** Frames out of one; 2 if left out. */
    factor: z.literal(FRAME_FACTORS).optional(),
  })
  .readonly();
export type EvalInterpRequest = z.infer<typeof evalInterpRequestSchema>;

/** What `clearcut eval deblur` measures. */
export const evalDeblurRequestSchema = z
  .object({
    /** Holds clips, and an index.tsv that says how to blur them. */
    directory: z.string().min(1).max(32_768),
    method: z.enum([...DEBLUR_METHODS, 'all']),
    model: z.string().optional(),
    /** The sharp frames themselves go in: how far do they come back unharmed? Any clips will do. */
    sharp: z.boolean().optional(),
  })
  .readonly();
export type EvalDeblurRequest = z.infer<typeof evalDeblurRequestSchema>;

/** Means over the frames that a method made of a sequence. PSNR in dB over the three components of RGB, peak 255, at most 100. */
export interface MotionScore {
  readonly psnr: number;
  /** At each place between two inputs, in order; one alone where frames are made sharp. */
  readonly psnrByPlace: readonly number[];
  /** Of the worst frame. */
  readonly psnrMin: number;
  /** On BT.601 luma (16–235). */
  readonly ssim: number;
  /** Over the pixels that move between the inputs, all frames taken together; null where nothing moves or there is nothing to compare. */
  readonly psnrMoving: number | null;
  /** How much of the picture that is, 0 to 1. */
  readonly movingShare: number | null;
  /** Mean difference, in levels of 255, between how the frames change from one to the next and how the truth does; null for a single frame. */
  readonly flicker: number | null;
  /** Compute alone, per frame that was made. */
  readonly secondsPerFrame: number;
}

/** By name of the method; those that did not run are not there. */
export type MotionScores = Readonly<Partial<Record<InterpMethod | DeblurMethod, MotionScore>>>;

export interface EvalMotionResult {
  readonly task: 'interp' | 'deblur' | 'sharp';
  readonly directory: string;
  /** What was found there, for people. */
  readonly material: string;
  readonly methods: readonly { readonly name: InterpMethod | DeblurMethod; readonly description: string }[];
  readonly sequences: readonly {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    /** That were made, by each method. */
    readonly frames: number;
    readonly scores: MotionScores;
  }[];
  /** Every sequence counts the same; `psnrMin` is the least of all. */
  readonly mean: MotionScores;
  /** Methods that were left out, and why. */
  readonly notes: readonly string[];
}

/** One line of `clearcut bench`: a measurement and, where there is one, its yardstick in the same run. */
export interface BenchRow {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline?: { readonly name: string; readonly value: number };
  /** value over baseline. */
  readonly ratio?: number;
}

/** Parts of `clearcut bench`, in order. */
export const BENCH_SECTIONS = ['kernels', 'network', 'sizes', 'pipeline', 'segment', 'gpu'] as const;
export type BenchSectionName = (typeof BENCH_SECTIONS)[number];

export const benchRequestSchema = z
  .object({
    /** All if left out. */
    sections: z.array(z.enum(BENCH_SECTIONS)).readonly().optional(),
  })
  .readonly();
export type BenchRequest = z.infer<typeof benchRequestSchema>;

export interface BenchResult {
  readonly machine: string;
  readonly threads: number;
  readonly rows: readonly BenchRow[];
}
