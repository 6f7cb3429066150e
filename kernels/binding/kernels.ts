import type {
  BackdropWork,
  BlurFieldWork,
  HalveWork,
  KnownFieldWork,
  PaintWork,
  UncoverWork,
} from '../compositing/work';
import type { Adder2dDescription, OutputType } from '../adder2d/attributes';
import type { Codes } from '../checks';
import type { PictureCoding } from '../plane/colour-work';
import type { DynamicFilter2dDescription } from '../dynamic-filter2d/attributes';
import type { GridWork } from '../outline/grid-reference';
import type { GuidedWork } from '../guided-filter/work';
import type { DistanceWork, MatteWork } from '../outline/reference';
import type { SteadyWork } from '../outline/steady-reference';
import type { MotionSessionOptions } from '../dense-inverse-search/attributes';
import type { StillLayout, StillWork } from '../plane/still-reference';
import type { PointHeadDescription } from '../point-head/attributes';
import type { PointMap } from '../point-head/reference';
import type { QuantizedConv2dDescription } from '../quantized-conv2d/attributes';
import type { SubpixelConv2dDescription } from '../subpixel-conv2d/attributes';
import type { ImplementationName } from './implementation';
import type { MotionSession } from './motion-session';

/** A layer made ready, its weights packed. */
export interface PreparedLayer {
  /** Frees what it holds; runs under way go on. */
  dispose(): void;
}

export interface PreparedAdder2d extends PreparedLayer {
  readonly operator: 'Adder2d';
  readonly cout: number;
  readonly cin: number;
  readonly to: OutputType;
  /** @throws TypeError where the window is larger than the padded picture */
  outputShape(h: number, w: number): { readonly height: number; readonly width: number };
}

export interface PreparedDynamicFilter2d extends PreparedLayer {
  readonly operator: 'DynamicFilter2d';
  readonly groups: number;
  readonly side: number;
  /** @throws TypeError for features too small to be reflected */
  outputShape(h: number, w: number): { readonly height: number; readonly width: number };
}

export interface PreparedPointHead extends PreparedLayer {
  readonly operator: 'PointHead';
}

export interface PreparedQuantizedConv2d extends PreparedLayer {
  readonly operator: 'QuantizedConv2d';
  readonly cout: number;
}

export interface PreparedSubpixelConv2d extends PreparedLayer {
  readonly operator: 'SubpixelConv2d';
  readonly cin: number;
  readonly blockSize: number;
}

/** One layer of a chain. Images in NHWC. */
export interface Adder2dStep {
  readonly layer: PreparedAdder2d;
  /** [n, h, w, cin] */
  readonly x: Uint8Array;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  /** [n, height, width, cout]; may be the very array `y`, otherwise they share no memory. */
  readonly residual?: Uint8Array;
  /** [n, height, width, cout], of the layer's type. Shares no memory with `x`. */
  readonly y: Uint8Array | Float32Array;
}

/** Features and the logits of their filters, in NCHW. */
export interface DynamicFilter2dStep {
  readonly layer: PreparedDynamicFilter2d;
  /** [n, c, h, w]; the layer's groups divide c. */
  readonly x: Float32Array;
  /** [n, groups · side², height, width] */
  readonly logits: Float32Array;
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  /** [n, c, height, width]. Shares no memory with `x` and `logits`. */
  readonly y: Float32Array;
}

/** Maps of one picture and places in them. */
export interface PointHeadStep {
  readonly layer: PreparedPointHead;
  /** As many as the layer has, channels last. */
  readonly maps: readonly PointMap[];
  /** [count, 2] in input pixels. */
  readonly points: Float32Array;
  /** [count, shapeValues] */
  readonly shape: Float32Array;
  readonly count: number;
  /** [count]. Shares no memory with the rest. */
  readonly y: Float32Array;
}

/** Float planes to codes in NHWC. */
export interface QuantizedConv2dStep {
  readonly layer: PreparedQuantizedConv2d;
  /** [n, h, w] */
  readonly x: Float32Array;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  /** [n, h, w, cout]. Shares no memory with `x`. */
  readonly y: Uint8Array;
}

/** Codes in NHWC and planes to planes `blockSize` times as wide and high. */
export interface SubpixelConv2dStep {
  readonly layer: PreparedSubpixelConv2d;
  /** [n, h, w, cin] */
  readonly x: Uint8Array;
  /** [n, h, w] */
  readonly skip: Float32Array;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  /** [n, blockSize · h, blockSize · w]. Shares no memory with `x` and `skip`. */
  readonly y: Float32Array;
}

export type KernelStep =
  Adder2dStep | DynamicFilter2dStep | PointHeadStep | QuantizedConv2dStep | SubpixelConv2dStep;

/** Planes of floats, rows without padding, and where they go. */
export interface BilinearResize {
  /** [planes, height, width] */
  readonly source: Float32Array;
  readonly planes: number;
  readonly width: number;
  readonly height: number;
  /** [planes, rows, stride]; what lies beyond the resized picture stays as it is. */
  readonly target: Float32Array;
  readonly targetWidth: number;
  readonly targetHeight: number;
  readonly stride: number;
  readonly rows: number;
}

export interface ResizeOptions {
  /** Added to where an output sample lies, in input samples. */
  readonly phaseX?: number;
  readonly phaseY?: number;
  /** Input samples from one output sample to the next. Left out: what the sizes say. */
  readonly stepX?: number;
  readonly stepY?: number;
  /** Results are clamped to 0 … maxCode. Left out: all that the arrays can hold. */
  readonly maxCode?: number;
}

/**
 * Kernels of one implementation. Results go into arrays of the caller's, on an ArrayBuffer or a
 * SharedArrayBuffer; they and the inputs must neither be changed nor transferred before the promise settles.
 * Wrong arguments give a TypeError, lack of memory a RangeError.
 */
export interface Kernels {
  readonly name: ImplementationName;
  /** As people write it: `AVX-512`. */
  readonly isa: string;
  /** Threads that work on a call; of the whole process. */
  readonly threads: number;
  /** Why this implementation, as the end of a sentence. */
  readonly reason: string;
  /** Whether the processor sums 8-bit products in one step (VNNI): networks on 8-bit codes are fast then. False where nobody knows. */
  readonly hasDotProducts: boolean;
  setThreads(count: number): void;
  prepareAdder2d(description: Adder2dDescription): PreparedAdder2d;
  prepareDynamicFilter2d(description: DynamicFilter2dDescription): PreparedDynamicFilter2d;
  preparePointHead(description: PointHeadDescription): PreparedPointHead;
  prepareQuantizedConv2d(description: QuantizedConv2dDescription): PreparedQuantizedConv2d;
  prepareSubpixelConv2d(description: SubpixelConv2dDescription): PreparedSubpixelConv2d;
  /** Runs steps in order, each of which may read what an earlier one wrote, in one call off the calling thread. */
  run(steps: readonly KernelStep[]): Promise<void>;
  /**
   * Makes a session for frames of one size.
   *
   * @throws TypeError for wrong options, RangeError where there is no memory
   */
  createMotionSession(options: MotionSessionOptions): MotionSession;
  /** Distances of points from polygons' edges; kernels/README.md says how. */
  signedDistance(work: DistanceWork): Promise<void>;
  /** Draws grids of logits out and chooses their least certain cells; kernels/README.md says how. How many of each. */
  subdivideGrids(grids: readonly GridWork[]): Promise<Int32Array>;
  /** Blends what was told of an object before into its matte, where nothing has changed; kernels/README.md says how. */
  steadyMatte(work: SteadyWork): Promise<void>;
  /** Coverage of pixels, 0 to 255, read off a grid of logits; kernels/README.md says how. */
  renderMatte(work: MatteWork): Promise<void>;
  /** Draws the edges of mattes along those of their picture; kernels/README.md says how. */
  guideMattes(works: readonly GuidedWork[]): Promise<void>;
  /** Resamples planes of floats along straight lines (plane/bilinear-table.ts). */
  resizeBilinear(work: BilinearResize): Promise<void>;
  /** Resamples a plane (plane/resize-table.ts) whose rows lie without gaps. */
  resizeBicubic<T extends Codes>(
    source: T,
    width: number,
    height: number,
    target: T,
    targetWidth: number,
    targetHeight: number,
    options?: ResizeOptions,
  ): Promise<void>;
  /** target = source · scale + offset in single precision, rounded after each. */
  planeToFloat(source: Codes, target: Float32Array, scale: number, offset: number): Promise<void>;
  /** target = clamp(rint(source · scale + offset)). Gives how many of source are not finite; NaN becomes minCode. */
  floatToPlane(
    source: Float32Array,
    target: Codes,
    scale: number,
    offset: number,
    minCode: number,
    maxCode: number,
  ): Promise<number>;
  /**
   * Codes of a picture, one plane of luma or luma, Cb and Cr, to [3, height, width] red, green and blue: 0 for black, 1
   * for white, beyond where codes are. Chroma lies where its site says.
   */
  planesToRgb(planes: readonly Codes[], rgb: Float32Array, coding: PictureCoding): Promise<void>;
  /** The way back: of what `planesToRgb` gave, the very same codes. Gives how many pixels are not finite. */
  rgbToPlanes(rgb: Float32Array, planes: readonly Codes[], coding: PictureCoding): Promise<number>;
  /** Finds where nothing moves between two frames (plane/still-reference.ts): 255 in `still`, which shares no memory with the rest. */
  findStill(work: StillWork): Promise<void>;
  /** Puts `source` into `target` where `still` says so; all planes of a picture. */
  keepStill(
    source: readonly Codes[],
    target: readonly Codes[],
    still: Uint8Array,
    layout: StillLayout,
  ): Promise<void>;
  /** Takes lines of coverage together, for chroma; kernels/README.md, "Compositing", says what this and the following compute. */
  halve(work: HalveWork): Promise<void>;
  paint(work: PaintWork): Promise<void>;
  /** False where nothing is known; the field then holds nothing of use. */
  knownField(work: KnownFieldWork): Promise<boolean>;
  blurField(work: BlurFieldWork): Promise<void>;
  uncover(work: UncoverWork): Promise<void>;
  backdrop(work: BackdropWork): Promise<void>;
}
