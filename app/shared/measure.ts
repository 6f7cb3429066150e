/** Request and results of `clearcut eval sr`. PSNR in dB and SSIM on BT.601 luma (16–235), `scale` border pixels cropped. */
export interface EvalSrRequest {
  /** Holds HR/ and LR/ with equal file names (extensions may differ). */
  readonly directory: string;
  readonly scale: number;
  /** Left out: the default model of the scale. */
  readonly model?: string;
}

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
  /** value over baseline, larger is better. */
  readonly ratio?: number;
}

export interface BenchResult {
  readonly machine: string;
  readonly threads: number;
  readonly rows: readonly BenchRow[];
}
