export { chooseBackend, processKernels, type BackendChoice } from './backend';
export { HybridSession, type HybridSessionOptions } from './backends/cpu';
export {
  findModel,
  modelScales,
  modelsFor,
  ofSize,
  type EnhanceModel,
  type ModelWish,
} from './enhance-models';
export { listModels, modelsFolder, modelsOf, readModelFile, type InstalledModel } from './manifest';
export { kernelOperators, type OperatorSet } from './operators';
export { findSegmentModel, type SegmentModel } from './segment-models';
export type { SegmentTiming } from './segments';
export { openGraph, openModel, type ModelSession } from './session';
export { allocate, type HostTensor } from './tensor';
