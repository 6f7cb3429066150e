/// <reference types="@webgpu/types" />
import type { ElementType } from '../../tensor';

/** A tensor in a buffer of its own, dense, last dimension fastest; 8-bit codes lie four to a word. */
export interface GpuTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly buffer: GPUBuffer;
}
