export type { AdapterFacts } from './adapter-facts';
export type { FrameProgram, FrameRunner, PlaneCodes } from './frame-program';
export type { Gpu, GpuCeilings, GpuModel, OpenGpu, SelfTestResult, StepTiming } from './gpu';
export { GpuDevice } from './gpu-device';
export { GpuFrames } from './gpu-frames';
export type { FoundAdapter, GpuHost } from './gpu-host';
export { GpuSession } from './hybrid-session';
export { LocalGpu } from './local-gpu';
export { NodeHost } from './node-host';
