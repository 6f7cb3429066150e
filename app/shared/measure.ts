import { z } from 'zod';
import { MODEL_SIZES } from './options';

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
export const BENCH_SECTIONS = ['kernels', 'network', 'sizes', 'pipeline'] as const;
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
