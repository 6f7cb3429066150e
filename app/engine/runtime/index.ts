export { chooseBackend, processKernels, type BackendChoice } from './backend';
export { HybridSession, type HybridSessionOptions, type SegmentTiming } from './backends/cpu';
export {
  findModel,
  modelScales,
  modelsFor,
  ofSize,
  type EnhanceModel,
  type ModelWish,
} from './enhance-models';
export { listModels, modelsFolder, modelsOf, readModel, type InstalledModel } from './manifest';
export { kernelOperators, type OperatorSet } from './operators';
export { openModel, type ModelSession } from './session';
export { allocate, type HostTensor } from './tensor';
