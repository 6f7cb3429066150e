export { GpuAdder2d, type GpuAdder2dWork } from './adder2d';
export { GpuBilinear } from './bilinear';
export { copyStep, fmaStep } from './ceilings';
export { GpuColour, type GpuPicture, type QuarterTurn } from './colour';
export { GpuDynamicFilter2d, type GpuDynamicFilter2dWork } from './dynamic-filter2d';
export {
  codesToFloatStep,
  floatToCodesStep,
  GpuResize,
  type GpuPlane,
  type GpuResizeOptions,
  type TileWork,
} from './planes';
export { GpuPointHead, type GpuPointHeadWork } from './point-head';
export { BUFFER_USAGE, encodeSteps, GpuPrograms, MAP_MODE, type GpuStep } from './program';
export { GpuQuantizedConv2d, type GpuQuantizedConv2dWork } from './quantized-conv2d';
export { GpuSubpixelConv2d, type GpuSubpixelConv2dWork } from './subpixel-conv2d';
export { SELF_TESTS, type SelfTestName, type SelfTestSize } from './self-test';
