import { z } from 'zod';
import type { Rational } from './media-info';

/** Pixels a side that a wished size may have: encoders take no larger pictures. */
const LEAST_SIDE = 16;
const MOST_SIDE = 16_384;

/** Bounds for the size of a result as it is shown; a side that is left out is free. */
export const fitSchema = z
  .object({
    width: z.int().min(LEAST_SIDE).max(MOST_SIDE).optional(),
    height: z.int().min(LEAST_SIDE).max(MOST_SIDE).optional(),
  })
  .refine(
    ({ width, height }) => width !== undefined || height !== undefined,
    'names neither width nor height',
  )
  .readonly();
export type Fit = z.infer<typeof fitSchema>;

const FIT = /^(\d{1,6})?\s*[x×]\s*(\d{1,6})?$/i;

/** Bounds from `1920x1080`, `x1080` or `1920x`; null if it is none of them. */
export function parseFit(text: string): Fit | null {
  const [, width, height] = FIT.exec(text.trim()) ?? [];
  if (width === undefined && height === undefined) return null;
  return {
    ...(width === undefined ? {} : { width: Number(width) }),
    ...(height === undefined ? {} : { height: Number(height) }),
  };
}

/** `1920x1080`, `x1080`, `1920x`: what `parseFit` reads. */
export function formatFit({ width, height }: Fit): string {
  return `${width ?? ''}x${height ?? ''}`;
}

/** A stored picture: its size, the shape of its pixels, and by how much a player turns it. */
export interface StoredPicture {
  readonly width: number;
  readonly height: number;
  readonly sampleAspectRatio: Rational;
  readonly rotation: number;
}

/** A size in square pixels, not turned yet, and what the stored sides are multiplied by to get there. */
export interface FittedSize {
  readonly width: number;
  readonly height: number;
  readonly factorX: number;
  readonly factorY: number;
}

/**
 * The largest size within `fit` that shows `picture` in its shape, in square pixels, each side a
 * multiple of `unit` and at least one. Bounds are meant for the picture as it is shown: of one
 * that is turned on its side, width bounds the stored height.
 */
export function fittedSize(picture: StoredPicture, fit: Fit, unit: 1 | 2): FittedSize {
  const { num, den } = picture.sampleAspectRatio;
  const lying = picture.rotation % 180 !== 0;
  const most = {
    width: (lying ? fit.height : fit.width) ?? Infinity,
    height: (lying ? fit.width : fit.height) ?? Infinity,
  };
  // Square pixels: the side whose pixels are longer grows.
  const shown = {
    width: picture.width * Math.max(1, num / den),
    height: picture.height * Math.max(1, den / num),
  };
  const factor = Math.min(
    most.width / shown.width,
    most.height / shown.height,
    MOST_SIDE / Math.max(shown.width, shown.height),
  );
  const side = (exact: number, bound: number): number => {
    const nearest = Math.round(exact / unit) * unit;
    const within = Math.floor(Math.min(bound, MOST_SIDE) / unit) * unit;
    return Math.max(unit, Math.min(nearest, within));
  };
  const width = side(shown.width * factor, most.width);
  const height = side(shown.height * factor, most.height);
  return {
    width,
    height,
    factorX: (shown.width * factor) / picture.width,
    factorY: (shown.height * factor) / picture.height,
  };
}

/** The factor that a network must reach for `size`, a little less counting as reached: rounding is not worth a step. */
const TOLERANCE = 0.02;

/**
 * Of the factors that there are, the smallest that reaches `size`, or the largest. Null where
 * nothing has to grow: a network has nothing to add then.
 */
export function factorFor<S extends number>(size: FittedSize, factors: readonly S[]): S | null {
  const needed = Math.max(size.factorX, size.factorY);
  if (needed <= 1 + TOLERANCE) return null;
  const sorted = factors.toSorted((a, b) => a - b);
  return sorted.find((factor) => factor >= needed - TOLERANCE) ?? sorted.at(-1) ?? null;
}

/** Sizes that people ask for by name. */
export const FIT_SIZES = [
  { name: '1080p', label: '1080p (1920 × 1080)', fit: { width: 1920, height: 1080 } },
  { name: '1440p', label: '1440p (2560 × 1440)', fit: { width: 2560, height: 1440 } },
  { name: '4k', label: '4K (3840 × 2160)', fit: { width: 3840, height: 2160 } },
] as const;
export type FitSizeName = (typeof FIT_SIZES)[number]['name'];

/** True for bounds that are the same. */
export function sameFit(a: Fit | null | undefined, b: Fit | null | undefined): boolean {
  return (a?.width ?? null) === (b?.width ?? null) && (a?.height ?? null) === (b?.height ?? null);
}
