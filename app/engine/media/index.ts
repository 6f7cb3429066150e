export { decodeFormat, type DecodeFormat } from './decode-format';
export { diskFull, isFull, sync } from './disk';
export { openDecoder, type Decoder, type DecoderOptions } from './decoder';
export { containerOf, CONTAINERS, type Container } from './container';
export { encoderFor, type EncoderChoice, type EncoderSpec, type EncoderWish } from './encoder';
export { framePicture } from './frame-picture';
export { isMediaFile, isStillFile } from './media-files';
export { muxResult, resultOrigin } from './mux';
export type { MuxPlan } from './mux-plan';
export {
  openPictureEncoder,
  pictureSize,
  type PictureEncoderOptions,
  type PictureKind,
} from './picture-encoder';
export { playerFrames } from './player-frames';
export { poster } from './poster';
export { probe } from './probe';
export { filterRgb, type RgbFilterOptions } from './rgb-filter';
export { readRgbFrames } from './rgb-frames';
export { openAlphaEncoder, openSegmentEncoder, type SegmentEncoder } from './segment-encoder';
export { SegmentSpan, type SegmentFacts } from './segment-facts';
export { packetsOf, type StoredSegment } from './segment-joiner';
export { soundPeaks, soundPiece, soundRate } from './sound';
export { readStill, type Still } from './still';
export { writeStill } from './still-writer';
export { resolveTools, type MediaTool, type MediaTools } from './tools';
export { MOST_WEBP_SIDE, writeWebpAnimation, type AnimatedPicture } from './webp-animation';
