export { chooseBackend, processKernels, type BackendChoice } from './backend';
export { HybridSession, type HybridSessionOptions, type SegmentTiming } from './backends/cpu';
export {
  findModel,
  listModels,
  modelScales,
  modelsFolder,
  modelsFor,
  ofSize,
  readModel,
  type InstalledModel,
  type ModelWish,
} from './manifest';
export { kernelOperators, type OperatorSet } from './operators';
export { openModel, type ModelSession } from './session';
export { allocate, type HostTensor } from './tensor';
