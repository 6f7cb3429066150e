export { adapterChoices, chooseBackend, type AdapterChoice, type BackendChoice } from './backend';
export { HybridSession, type HybridSessionOptions } from './backends/cpu';
export type {
  AdapterFacts,
  FrameProgram,
  FrameRunner,
  Gpu,
  GpuCeilings,
  GpuModel,
  OpenGpu,
  GpuLine,
  PictureProgram,
  PlaneCodes,
  StepTiming,
} from './backends/webgpu';
export {
  findModel,
  modelScales,
  modelsFor,
  ofSize,
  type EnhanceModel,
  type ModelWish,
} from './enhance-models';
export { GuardedModels } from './guarded-models';
export { listModels, modelsFolder, modelsOf, readModelFile, type InstalledModel } from './manifest';
export { kernelOperators, type OperatorSet } from './operators';
export { findSegmentModel, type SegmentModel } from './segment-models';
export type { SegmentTiming } from './segments';
export { LocalGpu, NodeHost, RemoteGpu, serveGpu } from './backends/webgpu';
export { nodeGpu, processGpu, setProcessGpu } from './process-gpu';
export { processKernels } from './process-kernels';
export {
  fileFor,
  openGraphs,
  openModel,
  type ModelSession,
  type ModelSet,
  type SessionOptions,
} from './session';
export { allocate, onHost, type HostTensor, type KeptTensor, type ModelTensor } from './tensor';
