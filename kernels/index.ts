export type { Activation, Adder2dDescription, OutputType } from './adder2d/attributes';
export type { ImplementationName, IsaName } from './binding/implementation';
export {
  compiledKernels,
  loadKernels,
  type Adder2dStep,
  type Kernels,
  type LoadOptions,
  type PreparedAdder2d,
  type ResizeOptions,
} from './binding/kernels';
export { benchKernels, type KernelBenchOptions, type KernelBenchRow } from './bench';
