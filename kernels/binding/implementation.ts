import type { Adder2dLayer } from '../adder2d/attributes';
import type { Adder2dWork } from '../adder2d/reference';
import type { ResizeWork, ToFloatWork, ToPlaneWork } from '../plane/reference';

/** Kernels by instruction set; `reference` is TypeScript. */
export type IsaName = 'avx512' | 'avx2' | 'neon' | 'scalar';
export type ImplementationName = IsaName | 'reference';

/** A layer as an implementation keeps it. */
export type LayerHandle = object;

export interface HandleWork extends Adder2dWork {
  readonly layer: LayerHandle;
}

/** What can compute. Everything it gets is checked. */
export interface Implementation {
  readonly name: ImplementationName;
  /** As people write it. */
  readonly isa: string;
  /** Why this one, as the end of a sentence. */
  readonly reason: string;
  readonly threads: number;
  setThreads(count: number): void;
  createAdder2d(layer: Adder2dLayer): LayerHandle;
  disposeAdder2d(handle: LayerHandle): void;
  runAdder2d(steps: readonly HandleWork[]): Promise<void>;
  resizeBicubic(work: ResizeWork): Promise<void>;
  planeToFloat(work: ToFloatWork): Promise<void>;
  floatToPlane(work: ToPlaneWork): Promise<number>;
}
