export { bench } from './bench';
export type { BenchContext, BenchSection } from './bench-section';
export { evalSr } from './eval-sr';
export { evalDeblur, evalInterp } from './motion';
export { evalMatte, evalSegment, evalTrack } from './segment';
