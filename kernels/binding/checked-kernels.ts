import type { Adder2dDescription } from '../adder2d/attributes';
import { checkArray, checkCodes, checkFinite, checkInteger, expected, overlap, type Codes } from '../checks';
import {
  colourWork,
  planColour,
  type ColourPlan,
  type Direction,
  type PictureCoding,
} from '../plane/colour-work';
import {
  checkBackdrop,
  checkBlurField,
  checkHalve,
  checkKnownField,
  checkPaint,
  checkUncover,
} from '../compositing/checked-work';
import type {
  BackdropWork,
  BlurFieldWork,
  HalveWork,
  KnownFieldWork,
  PaintWork,
  UncoverWork,
} from '../compositing/work';
import type { DynamicFilter2dDescription } from '../dynamic-filter2d/attributes';
import { checkDistances, checkGrid, checkMatte, checkSteady } from '../outline/checked';
import type { GridWork } from '../outline/grid-reference';
import type { DistanceWork, MatteWork } from '../outline/reference';
import { checkGuided, type GuidedWork } from '../guided-filter/work';
import type { SteadyWork } from '../outline/steady-reference';
import { bilinearAxis } from '../plane/bilinear-table';
import type { LinearAxis } from '../plane/chroma-axis';
import type { MotionSessionOptions } from '../dense-inverse-search/attributes';
import { checkStill, keepStillWorks, type StillLayout, type StillWork } from '../plane/still-reference';
import { resizeAxis, type ResizeAxis } from '../plane/resize-table';
import type { PointHeadDescription } from '../point-head/attributes';
import type { QuantizedConv2dDescription } from '../quantized-conv2d/attributes';
import type { SubpixelConv2dDescription } from '../subpixel-conv2d/attributes';
import {
  CheckedAdder2d,
  CheckedDynamicFilter2d,
  CheckedPointHead,
  checkedStep,
  CheckedQuantizedConv2d,
  CheckedSubpixelConv2d,
} from './checked-layers';
import type { Implementation, ImplementationName } from './implementation';
import type {
  BilinearResize,
  Kernels,
  KernelStep,
  PreparedAdder2d,
  PreparedDynamicFilter2d,
  PreparedPointHead,
  PreparedQuantizedConv2d,
  PreparedSubpixelConv2d,
  ResizeOptions,
} from './kernels';
import { CheckedMotionSession, type MotionSession } from './motion-session';

/** Checks every argument before an implementation gets it. */
export class CheckedKernels implements Kernels {
  readonly #implementation: Implementation;
  /** The table of the last sizes: a film's planes all have the same. */
  readonly #axes = new Map<string, ResizeAxis>();
  readonly #lines = new Map<string, LinearAxis>();
  readonly #colourPlans = new Map<string, ColourPlan>();

  constructor(implementation: Implementation) {
    this.#implementation = implementation;
  }

  get name(): ImplementationName {
    return this.#implementation.name;
  }

  get isa(): string {
    return this.#implementation.isa;
  }

  get threads(): number {
    return this.#implementation.threads;
  }

  get reason(): string {
    return this.#implementation.reason;
  }

  get hasDotProducts(): boolean {
    return this.#implementation.hasDotProducts;
  }

  setThreads(count: number): void {
    checkInteger(count, 'threads', 1, 1024);
    this.#implementation.setThreads(count);
  }

  prepareAdder2d(description: Adder2dDescription): PreparedAdder2d {
    return new CheckedAdder2d(this.#implementation, description);
  }

  prepareDynamicFilter2d(description: DynamicFilter2dDescription): PreparedDynamicFilter2d {
    return new CheckedDynamicFilter2d(this.#implementation, description);
  }

  preparePointHead(description: PointHeadDescription): PreparedPointHead {
    return new CheckedPointHead(this.#implementation, description);
  }

  prepareQuantizedConv2d(description: QuantizedConv2dDescription): PreparedQuantizedConv2d {
    return new CheckedQuantizedConv2d(this.#implementation, description);
  }

  prepareSubpixelConv2d(description: SubpixelConv2dDescription): PreparedSubpixelConv2d {
    return new CheckedSubpixelConv2d(this.#implementation, description);
  }

  async run(steps: readonly KernelStep[]): Promise<void> {
    await this.#implementation.runSteps(steps.map((step) => checkedStep(this.#implementation, step)));
  }

  createMotionSession(options: MotionSessionOptions): MotionSession {
    if (options.threads !== undefined) this.setThreads(options.threads);
    return new CheckedMotionSession(this.#implementation, options);
  }

  async signedDistance(work: DistanceWork): Promise<void> {
    checkDistances(work);
    await this.#implementation.signedDistance(work);
  }

  async subdivideGrids(grids: readonly GridWork[]): Promise<Int32Array> {
    for (const grid of grids) checkGrid(grid);
    const counts = new Int32Array(grids.length);
    await this.#implementation.subdivideGrids(grids, counts);
    return counts;
  }

  async steadyMatte(work: SteadyWork): Promise<void> {
    checkSteady(work);
    await this.#implementation.steadyMatte(work);
  }

  async renderMatte(work: MatteWork): Promise<void> {
    checkMatte(work);
    await this.#implementation.renderMatte(work);
  }

  async guideMattes(works: readonly GuidedWork[]): Promise<void> {
    for (const work of works) checkGuided(work);
    await this.#implementation.guideMattes(works);
  }

  async resizeBilinear(resize: BilinearResize): Promise<void> {
    const { source, planes, width, height, target, targetWidth, targetHeight, stride, rows } = resize;
    for (const [name, side] of Object.entries({ planes, width, height, targetWidth, targetHeight }))
      checkInteger(side, name, 1, 2 ** 20);
    checkInteger(stride, 'stride', targetWidth, 2 ** 20);
    checkInteger(rows, 'rows', targetHeight, 2 ** 20);
    checkArray(source, Float32Array, planes * width * height, 'source');
    checkArray(target, Float32Array, planes * rows * stride, 'target');
    if (overlap(source, target)) expected('memory apart from source', 'target', target);
    const horizontal = this.#line(width, targetWidth);
    const vertical = this.#line(height, targetHeight);
    await this.#implementation.resizeBilinear({ ...resize, horizontal, vertical });
  }

  async resizeBicubic<T extends Codes>(
    source: T,
    width: number,
    height: number,
    target: T,
    targetWidth: number,
    targetHeight: number,
    options: ResizeOptions = {},
  ): Promise<void> {
    for (const [name, side] of Object.entries({ width, height, targetWidth, targetHeight }))
      checkInteger(side, name, 1, 2 ** 20);
    checkCodes(source, width * height, 'source');
    checkCodes(target, targetWidth * targetHeight, 'target');
    if (source.BYTES_PER_ELEMENT !== target.BYTES_PER_ELEMENT)
      expected('the type of source', 'target', target);
    if (overlap(source, target)) expected('memory apart from source', 'target', target);
    const { phaseX = 0, phaseY = 0, maxCode = 256 ** source.BYTES_PER_ELEMENT - 1 } = options;
    const { stepX = width / targetWidth, stepY = height / targetHeight } = options;
    checkFinite(phaseX, 'phaseX');
    checkFinite(phaseY, 'phaseY');
    checkStep(stepX, 'stepX');
    checkStep(stepY, 'stepY');
    checkInteger(maxCode, 'maxCode', 1, 256 ** source.BYTES_PER_ELEMENT - 1);
    await this.#implementation.resizeBicubic({
      source,
      width,
      height,
      target,
      horizontal: this.#axis(width, targetWidth, phaseX, stepX),
      vertical: this.#axis(height, targetHeight, phaseY, stepY),
      bits: Math.ceil(Math.log2(maxCode + 1)),
      maxCode,
    });
  }

  async planeToFloat(source: Codes, target: Float32Array, scale: number, offset: number): Promise<void> {
    checkCodes(source, source.length, 'source');
    checkArray(target, Float32Array, source.length, 'target');
    checkFinite(scale, 'scale');
    checkFinite(offset, 'offset');
    await this.#implementation.planeToFloat({ source, target, scale, offset });
  }

  async floatToPlane(
    source: Float32Array,
    target: Codes,
    scale: number,
    offset: number,
    minCode: number,
    maxCode: number,
  ): Promise<number> {
    checkArray(source, Float32Array, source.length, 'source');
    checkCodes(target, source.length, 'target');
    checkFinite(scale, 'scale');
    checkFinite(offset, 'offset');
    checkInteger(minCode, 'minCode', 0, 256 ** target.BYTES_PER_ELEMENT - 1);
    checkInteger(maxCode, 'maxCode', minCode, 256 ** target.BYTES_PER_ELEMENT - 1);
    return this.#implementation.floatToPlane({ source, target, scale, offset, minCode, maxCode });
  }

  async planesToRgb(planes: readonly Codes[], rgb: Float32Array, coding: PictureCoding): Promise<void> {
    await this.#implementation.planesToRgb(colourWork(this.#colourPlan(coding, 'to-rgb'), planes, rgb));
  }

  async rgbToPlanes(rgb: Float32Array, planes: readonly Codes[], coding: PictureCoding): Promise<number> {
    return this.#implementation.rgbToPlanes(colourWork(this.#colourPlan(coding, 'from-rgb'), planes, rgb));
  }

  async findStill(work: StillWork): Promise<void> {
    checkStill(work);
    await this.#implementation.findStill(work);
  }

  async keepStill(
    source: readonly Codes[],
    target: readonly Codes[],
    still: Uint8Array,
    layout: StillLayout,
  ): Promise<void> {
    await Promise.all(
      keepStillWorks(source, target, still, layout).map((work) => this.#implementation.keepStill(work)),
    );
  }

  async halve(work: HalveWork): Promise<void> {
    checkHalve(work);
    await this.#implementation.halve(work);
  }

  async paint(work: PaintWork): Promise<void> {
    checkPaint(work);
    await this.#implementation.paint(work);
  }

  async knownField(work: KnownFieldWork): Promise<boolean> {
    checkKnownField(work);
    return this.#implementation.knownField(work);
  }

  async blurField(work: BlurFieldWork): Promise<void> {
    checkBlurField(work);
    await this.#implementation.blurField(work);
  }

  async uncover(work: UncoverWork): Promise<void> {
    checkUncover(work);
    await this.#implementation.uncover(work);
  }

  async backdrop(work: BackdropWork): Promise<void> {
    checkBackdrop(work);
    await this.#implementation.backdrop(work);
  }

  #colourPlan(coding: PictureCoding, direction: Direction): ColourPlan {
    const key = `${direction} ${JSON.stringify(coding)}`;
    const known = this.#colourPlans.get(key);
    if (known) return known;
    if (this.#colourPlans.size >= 16) this.#colourPlans.clear();
    const plan = planColour(coding, direction);
    this.#colourPlans.set(key, plan);
    return plan;
  }

  #line(source: number, target: number): LinearAxis {
    const key = `${source} ${target}`;
    const known = this.#lines.get(key);
    if (known) return known;
    if (this.#lines.size >= 16) this.#lines.clear();
    const axis = bilinearAxis(source, target);
    this.#lines.set(key, axis);
    return axis;
  }

  #axis(source: number, target: number, phase: number, step: number): ResizeAxis {
    const key = `${source} ${target} ${phase} ${step}`;
    const known = this.#axes.get(key);
    if (known) return known;
    if (this.#axes.size >= 16) this.#axes.clear();
    const axis = resizeAxis(source, target, phase, step);
    this.#axes.set(key, axis);
    return axis;
  }
}

/** A step that passes over more than the input holds would need a kernel of its length. */
function checkStep(value: number, name: string): void {
  checkFinite(value, name);
  if (value <= 0 || value > 2 ** 20) expected('a number above 0 and at most 2^20', name, value);
}
