export { codeRange, lumaToUnit, lumaWeights } from './colour';
export type { Frame, FrameStamp, Plane, StreamFormat } from './frame';
export { FramePool, type PooledFrame } from './frame-pool';
export { frameBytes, pixelFormat, planeSize, type PixelFormat } from './pixel-format';
export type { Display, Stage, StageClass, StageContext, StagePlan, Support } from './stage';
export { rescale, secondsToTicks, ticksToSeconds } from './time';
