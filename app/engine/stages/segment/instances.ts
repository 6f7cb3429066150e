import type { PictureCoding } from '../../../../kernels';
import type { PlaneCodes } from '../../runtime';
import type { Rotation } from './turn';

export type { Box, Detection, FrameInstances, Instance, Matte } from '../../frames';

/** A picture as planar RGB, rows without padding. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  /** [3, height, width], 0 to 1. */
  readonly data: Float32Array;
}

/** A picture that is there as the codes of its stream, as they are stored. */
export interface CodedPicture {
  /** As it is shown. */
  readonly width: number;
  readonly height: number;
  readonly codes: readonly PlaneCodes[];
  readonly coding: PictureCoding;
  /** From what is stored to what is shown. */
  readonly rotation: Rotation;
}

/** What objects are sought in. */
export type Picture = RgbPicture | CodedPicture;
