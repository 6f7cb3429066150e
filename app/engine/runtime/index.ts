export { chooseBackend, processKernels, type BackendChoice } from './backend';
export { HybridSession, type HybridSessionOptions, type SegmentTiming } from './backends/cpu';
export { findModel, listModels, modelsFolder, readModel, type InstalledModel } from './manifest';
export { kernelOperators, type OperatorSet } from './operators';
export { openModel, type ModelSession } from './session';
export { allocate, type HostTensor } from './tensor';
