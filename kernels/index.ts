export type { Activation, Adder2dDescription, OutputType } from './adder2d/attributes';
export { benchKernels, type KernelBenchOptions, type KernelBenchRow } from './bench';
export type { ImplementationName, IsaName } from './binding/implementation';
export type { Adder2dStep, Kernels, KernelStep, PreparedAdder2d, ResizeOptions } from './binding/kernels';
export type { ChromaSite } from './plane/chroma-axis';
export type { PictureCoding } from './plane/colour-work';
export { compiledKernels, createMotionSession, loadKernels, type LoadOptions } from './binding/load';
export type { MotionSession } from './binding/motion-session';
export type { MotionSessionOptions, MotionTargets } from './dense-inverse-search/attributes';
