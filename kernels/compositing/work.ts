import type { Codes } from '../checks';

/** A rectangle of a plane's samples. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Coverage, 0 to 255, of a region's samples; rows without padding. */
export interface CoveredRegion extends Region {
  readonly cover: Uint8Array;
}

/** A plane whose rows lie without gaps. */
export interface PlaneView {
  readonly codes: Codes;
  readonly width: number;
  readonly height: number;
}

/** A smooth picture of a region: one value for each cell of `step`×`step` samples, the last ones cut off. */
export interface FieldView {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly step: number;
}

/** Lines (rows where `down`, else columns) of coverage taken together by three weights, in quarters. */
export interface HalveWork {
  readonly source: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** [lines, width] where `down`, else [height, lines]. */
  readonly target: Uint8Array;
  readonly lines: number;
  readonly down: boolean;
  /** [3], sum at most 4. */
  readonly weights: Uint8Array;
  /** [lines, 3]: lines of the source, or −1 for one that is nothing. */
  readonly places: Int32Array;
}

/** A colour's code laid over a plane. */
export interface PaintWork {
  readonly plane: PlaneView;
  /** Inside the plane. */
  readonly matte: CoveredRegion;
  readonly code: number;
  /** At full coverage, 0 to 1. */
  readonly opacity: number;
}

/** What a plane shows of one thing alone. */
export interface KnownFieldWork {
  readonly plane: PlaneView;
  /** Inside the plane; its size is that of the field. */
  readonly matte: CoveredRegion;
  /** [256]: how much a sample counts, 0 to 255, by its coverage. */
  readonly shows: Uint8Array;
  /** Written: ⌈matte size / step⌉ cells. */
  readonly field: FieldView;
}

/** A field that is spread. */
export interface BlurFieldWork {
  /** Changed in place. */
  readonly field: FieldView;
  /** [3]: radii of the means in a row, in cells. */
  readonly across: Int32Array;
  readonly down: Int32Array;
}

/** Colours of objects where others mix with them. */
export interface UncoverWork {
  readonly source: PlaneView;
  /** As large as the source. */
  readonly target: PlaneView;
  /** Inside the planes; all else of the target stays. */
  readonly matte: CoveredRegion;
  /** What the objects look like, and what is behind them; both of the matte's region. */
  readonly objects: FieldView;
  readonly behind: FieldView;
  /** The highest code. */
  readonly most: number;
}

/** What is put behind: one code, a plane, or a field of the whole plane. */
export type Fresh = { readonly code: number } | { readonly codes: Codes } | { readonly field: FieldView };

/** Another background. */
export interface BackdropWork {
  readonly source: PlaneView;
  /** As large as the source. */
  readonly target: PlaneView;
  /** [height, width] */
  readonly cover: Uint8Array;
  readonly fresh: Fresh;
  /** What was behind, and of which region that tells; null where it isn't known: then nothing is taken out. */
  readonly old: { readonly field: FieldView; readonly region: Region } | null;
  /** The highest code. */
  readonly most: number;
}
