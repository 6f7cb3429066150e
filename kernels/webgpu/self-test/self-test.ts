import type { Kernels } from '../../binding/kernels';
import type { GpuPrograms, GpuStep } from '../program';

/** Of the picture that a test is about, where it is about one. */
export interface SelfTestSize {
  readonly width: number;
  readonly height: number;
}

/** Something that a GPU has to compute as the processor does before it is trusted with it. */
export interface SelfTest {
  /** For people: `colours`. */
  readonly what: string;
  /** By which values may be apart. */
  readonly tolerance: number;
  onCpu(kernels: Kernels, size: SelfTestSize): Promise<Float32Array>;
  onGpu(programs: GpuPrograms, size: SelfTestSize): GpuSelfTest;
}

/** A test that lies ready on a GPU. */
export interface GpuSelfTest {
  /** What has to be written before. */
  readonly inputs: readonly { readonly buffer: GPUBuffer; readonly data: ArrayBufferView }[];
  readonly steps: readonly GpuStep[];
  readonly output: GPUBuffer;
  readonly outputBytes: number;
  dispose(): void;
}
