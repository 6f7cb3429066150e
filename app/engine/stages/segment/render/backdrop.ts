import type { Fresh } from '../../../../../kernels';
import type { Plane } from '../../../frames';
import type { Matte } from '../instances';

/** What is put behind the objects, plane by plane. */
export interface Backdrop {
  readonly identity: string;
  /** The backdrop of a frame's plane, until the next frame; `matte` is as large as the plane. */
  of(source: Plane, matte: Matte, index: number): Promise<Fresh>;
}
