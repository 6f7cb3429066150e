export { chooseSynthesizer, type ChosenSynthesizer } from './choose-synthesizer';
export { Interpolate, type InterpolateRequest } from './interpolate';
export { MotionSynthesizer } from './motion-synthesizer';
export { NetworkSynthesizer, type NetworkSynthesizerOptions } from './network-synthesizer';
export { Refinement, type RefinementOptions } from './refinement';
export type { ReadyPicture, Synthesizer } from './synthesizer';
