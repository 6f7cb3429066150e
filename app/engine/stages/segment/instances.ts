export type { Box, Detection, FrameInstances, Instance, Matte } from '../../frames';

/** A picture as the segmenter takes it: planar RGB, rows without padding. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  /** [3, height, width], 0 to 1. */
  readonly data: Float32Array;
}
