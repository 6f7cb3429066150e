export { chromaSite } from './chroma-site';
export { codeRange, lumaToUnit, lumaWeights } from './colour';
export type { Frame, FrameStamp, Plane, StreamFormat } from './frame';
export type { Box, Detection, FrameInstances, Instance, Matte } from './instances';
export { FramePool, type PooledFrame } from './frame-pool';
export {
  ALPHA_PLANE,
  frameBytes,
  opaqueTwin,
  pixelFormat,
  planeSize,
  withAlpha,
  type PixelFormat,
} from './pixel-format';
export type { Display, FoundBefore, Stage, StageClass, StageContext, StagePlan, Support } from './stage';
export { rescale, secondsToTicks, ticksToSeconds } from './time';
