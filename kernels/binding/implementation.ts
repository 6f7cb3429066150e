import type { Adder2dLayer } from '../adder2d/attributes';
import type { Adder2dWork } from '../adder2d/reference';
import type {
  BackdropWork,
  BlurFieldWork,
  HalveWork,
  KnownFieldWork,
  PaintWork,
  UncoverWork,
} from '../compositing/work';
import type { ColourWork } from '../plane/colour-reference';
import type { DynamicFilter2dDescription } from '../dynamic-filter2d/attributes';
import type { DynamicFilter2dWork } from '../dynamic-filter2d/reference';
import type { MotionShape, WarpWork } from '../dense-inverse-search/attributes';
import type { GridWork } from '../outline/grid-reference';
import type { GuidedWork } from '../guided-filter/work';
import type { DistanceWork, MatteWork } from '../outline/reference';
import type { SteadyWork } from '../outline/steady-reference';
import type { PointHeadLayer } from '../point-head/attributes';
import type { PointHeadWork } from '../point-head/reference';
import type { BilinearWork } from '../plane/bilinear-reference';
import type { ResizeWork, ToFloatWork, ToPlaneWork } from '../plane/reference';
import type { KeepStillWork, StillWork } from '../plane/still-reference';
import type { QuantizedConv2dLayer } from '../quantized-conv2d/attributes';
import type { QuantizedConv2dWork } from '../quantized-conv2d/reference';
import type { SubpixelConv2dLayer } from '../subpixel-conv2d/attributes';
import type { SubpixelConv2dWork } from '../subpixel-conv2d/reference';

/** Kernels by instruction set; `reference` is TypeScript. */
export type IsaName = 'avx512' | 'avx2' | 'neon' | 'scalar';
export type ImplementationName = IsaName | 'reference';

/** A layer as an implementation keeps it. */
export type LayerHandle = object;

/** A motion session as an implementation keeps it. */
export type MotionHandle = object;

/** Frames to estimate the motion of; without `previous`, the last call's `next` is it. */
export interface EstimateWork {
  readonly session: MotionHandle;
  readonly previous?: Float32Array;
  readonly next: Float32Array;
}

/** A checked step of each operator. */
interface Works {
  readonly Adder2d: Adder2dWork;
  readonly DynamicFilter2d: DynamicFilter2dWork;
  readonly PointHead: PointHeadWork;
  readonly QuantizedConv2d: QuantizedConv2dWork;
  readonly SubpixelConv2d: SubpixelConv2dWork;
}

export type StepWork = {
  [K in keyof Works]: Works[K] & { readonly operator: K; readonly layer: LayerHandle };
}[keyof Works];

/** What can compute. Everything it gets is checked. */
export interface Implementation {
  readonly name: ImplementationName;
  /** As people write it. */
  readonly isa: string;
  /** Why this one, as the end of a sentence. */
  readonly reason: string;
  /** Whether the processor sums 8-bit products in one step. */
  readonly hasDotProducts: boolean;
  readonly threads: number;
  setThreads(count: number): void;
  createAdder2d(layer: Adder2dLayer): LayerHandle;
  createDynamicFilter2d(layer: DynamicFilter2dDescription): LayerHandle;
  createPointHead(layer: PointHeadLayer): LayerHandle;
  createQuantizedConv2d(layer: QuantizedConv2dLayer): LayerHandle;
  createSubpixelConv2d(layer: SubpixelConv2dLayer): LayerHandle;
  disposeLayer(handle: LayerHandle): void;
  runSteps(steps: readonly StepWork[]): Promise<void>;
  createMotionSession(shape: MotionShape): MotionHandle;
  disposeMotionSession(handle: MotionHandle): void;
  estimateMotion(work: EstimateWork): Promise<void>;
  warpToTime(work: WarpWork & { readonly session: MotionHandle }): Promise<void>;
  signedDistance(work: DistanceWork): Promise<void>;
  /** How many cells were chosen of each goes to `counts`. */
  subdivideGrids(grids: readonly GridWork[], counts: Int32Array): Promise<void>;
  steadyMatte(work: SteadyWork): Promise<void>;
  renderMatte(work: MatteWork): Promise<void>;
  guideMattes(works: readonly GuidedWork[]): Promise<void>;
  resizeBilinear(work: BilinearWork): Promise<void>;
  resizeBicubic(work: ResizeWork): Promise<void>;
  planeToFloat(work: ToFloatWork): Promise<void>;
  floatToPlane(work: ToPlaneWork): Promise<number>;
  planesToRgb(work: ColourWork): Promise<void>;
  rgbToPlanes(work: ColourWork): Promise<number>;
  findStill(work: StillWork): Promise<void>;
  keepStill(work: KeepStillWork): Promise<void>;
  halve(work: HalveWork): Promise<void>;
  paint(work: PaintWork): Promise<void>;
  knownField(work: KnownFieldWork): Promise<boolean>;
  blurField(work: BlurFieldWork): Promise<void>;
  uncover(work: UncoverWork): Promise<void>;
  backdrop(work: BackdropWork): Promise<void>;
}
