import type { Plane } from '../../../frames';
import type { Matte } from '../instances';

/** What is put behind the objects, plane by plane. */
export interface Backdrop {
  readonly identity: string;
  /** The backdrop of a frame's plane; `matte` is as large as the plane. Called once a plane, before its rows. */
  of(source: Plane, matte: Matte, index: number): BackdropRows;
}

/** Row `y` of a plane into `line`, in codes. */
export type BackdropRows = (y: number, line: Float32Array) => void;
