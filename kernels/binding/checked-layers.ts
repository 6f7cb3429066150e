import {
  adder2dLayer,
  outputShape,
  type Adder2dDescription,
  type Adder2dLayer,
  type OutputType,
} from '../adder2d/attributes';
import { checkArray, checkInteger, expected, overlap } from '../checks';
import {
  dynamicFilter2dLayer,
  filteredShape,
  type DynamicFilter2dDescription,
} from '../dynamic-filter2d/attributes';
import { pointHeadLayer, type PointHeadDescription, type PointHeadLayer } from '../point-head/attributes';
import {
  quantizedConv2dLayer,
  type QuantizedConv2dDescription,
  type QuantizedConv2dLayer,
} from '../quantized-conv2d/attributes';
import {
  subpixelConv2dLayer,
  type SubpixelConv2dDescription,
  type SubpixelConv2dLayer,
} from '../subpixel-conv2d/attributes';
import type { Implementation, LayerHandle, StepWork } from './implementation';
import type {
  Adder2dStep,
  DynamicFilter2dStep,
  KernelStep,
  PreparedAdder2d,
  PointHeadStep,
  PreparedDynamicFilter2d,
  PreparedPointHead,
  PreparedQuantizedConv2d,
  PreparedSubpixelConv2d,
  QuantizedConv2dStep,
  SubpixelConv2dStep,
} from './kernels';

/** A layer that an implementation has made ready. */
abstract class CheckedLayer {
  readonly implementation: Implementation;
  #handle: LayerHandle | null;

  constructor(implementation: Implementation, handle: LayerHandle) {
    this.implementation = implementation;
    this.#handle = handle;
  }

  /** @throws TypeError once it was disposed of */
  get handle(): LayerHandle {
    return this.#handle ?? expected('a layer that is not disposed of', 'layer', this);
  }

  dispose(): void {
    if (this.#handle) this.implementation.disposeLayer(this.#handle);
    this.#handle = null;
  }
}

export class CheckedAdder2d extends CheckedLayer implements PreparedAdder2d {
  readonly operator = 'Adder2d';
  readonly #layer: Adder2dLayer;

  constructor(implementation: Implementation, description: Adder2dDescription) {
    const layer = adder2dLayer(description);
    super(implementation, implementation.createAdder2d(layer));
    this.#layer = layer;
  }

  get cout(): number {
    return this.#layer.cout;
  }

  get cin(): number {
    return this.#layer.cin;
  }

  get to(): OutputType {
    return this.#layer.to;
  }

  outputShape(h: number, w: number): { readonly height: number; readonly width: number } {
    return outputShape(this.#layer, h, w);
  }

  check({ x, n, h, w, residual, y }: Adder2dStep): StepWork {
    const { handle: layer, operator } = this;
    checkImages(n);
    const { height, width } = this.outputShape(h, w);
    const outputs = n * height * width * this.cout;
    checkArray(x, Uint8Array, n * h * w * this.cin, 'x');
    checkArray(y, this.to === 'uint8' ? Uint8Array : Float32Array, outputs, 'y');
    if (overlap(x, y)) expected('memory apart from x', 'y', y);
    if (residual !== undefined) {
      checkArray(residual, Uint8Array, outputs, 'residual');
      const inPlace = residual.byteOffset === y.byteOffset && this.to === 'uint8';
      if (!inPlace && overlap(residual, y)) expected('memory apart from residual, or the same', 'y', y);
    }
    return { operator, layer, x, n, h, w, ...(residual ? { residual } : {}), y };
  }
}

export class CheckedDynamicFilter2d extends CheckedLayer implements PreparedDynamicFilter2d {
  readonly operator = 'DynamicFilter2d';
  readonly #layer: DynamicFilter2dDescription;

  constructor(implementation: Implementation, description: DynamicFilter2dDescription) {
    const layer = dynamicFilter2dLayer(description);
    super(implementation, implementation.createDynamicFilter2d(layer));
    this.#layer = layer;
  }

  get groups(): number {
    return this.#layer.groups;
  }

  get side(): number {
    return this.#layer.side;
  }

  outputShape(h: number, w: number): { readonly height: number; readonly width: number } {
    return filteredShape(this.#layer, h, w);
  }

  check({ x, logits, n, c, h, w, y }: DynamicFilter2dStep): StepWork {
    const { handle: layer, operator, groups, side } = this;
    checkImages(n);
    checkInteger(c, 'c', 1, 2 ** 24);
    if (c % groups !== 0) expected(`a multiple of ${groups}`, 'c', c);
    const { height, width } = this.outputShape(h, w);
    checkArray(x, Float32Array, n * c * h * w, 'x');
    checkArray(logits, Float32Array, n * groups * side ** 2 * height * width, 'logits');
    checkArray(y, Float32Array, n * c * height * width, 'y');
    if (overlap(x, y)) expected('memory apart from x', 'y', y);
    if (overlap(logits, y)) expected('memory apart from logits', 'y', y);
    return { operator, layer, x, logits, n, c, h, w, y };
  }
}

export class CheckedPointHead extends CheckedLayer implements PreparedPointHead {
  readonly operator = 'PointHead';
  readonly #layer: PointHeadLayer;

  constructor(implementation: Implementation, description: PointHeadDescription) {
    const layer = pointHeadLayer(description);
    super(implementation, implementation.createPointHead(layer));
    this.#layer = layer;
  }

  check({ maps, points, shape, count, y }: PointHeadStep): StepWork {
    const { handle: layer, operator } = this;
    checkInteger(maps.length, 'maps', this.#layer.maps.length, this.#layer.maps.length);
    for (const [index, { data, h, w }] of maps.entries()) {
      checkPlanes(1, h, w);
      checkArray(data, Float32Array, h * w * (this.#layer.maps[index]?.channels ?? 0), `maps[${index}]`);
      if (overlap(data, y)) expected(`memory apart from maps[${index}]`, 'y', y);
    }
    checkInteger(count, 'count', 0, 2 ** 24);
    checkArray(points, Float32Array, 2 * count, 'points');
    checkArray(shape, Float32Array, this.#layer.shapeValues * count, 'shape');
    checkArray(y, Float32Array, count, 'y');
    if (overlap(points, y)) expected('memory apart from points', 'y', y);
    if (overlap(shape, y)) expected('memory apart from shape', 'y', y);
    return { operator, layer, maps, points, shape, count, y };
  }
}

export class CheckedQuantizedConv2d extends CheckedLayer implements PreparedQuantizedConv2d {
  readonly operator = 'QuantizedConv2d';
  readonly #layer: QuantizedConv2dLayer;

  constructor(implementation: Implementation, description: QuantizedConv2dDescription) {
    const layer = quantizedConv2dLayer(description);
    super(implementation, implementation.createQuantizedConv2d(layer));
    this.#layer = layer;
  }

  get cout(): number {
    return this.#layer.cout;
  }

  check({ x, n, h, w, y }: QuantizedConv2dStep): StepWork {
    const { handle: layer, operator } = this;
    checkPlanes(n, h, w);
    checkArray(x, Float32Array, n * h * w, 'x');
    checkArray(y, Uint8Array, n * h * w * this.cout, 'y');
    if (overlap(x, y)) expected('memory apart from x', 'y', y);
    return { operator, layer, x, n, h, w, y };
  }
}

export class CheckedSubpixelConv2d extends CheckedLayer implements PreparedSubpixelConv2d {
  readonly operator = 'SubpixelConv2d';
  readonly #layer: SubpixelConv2dLayer;

  constructor(implementation: Implementation, description: SubpixelConv2dDescription) {
    const layer = subpixelConv2dLayer(description);
    super(implementation, implementation.createSubpixelConv2d(layer));
    this.#layer = layer;
  }

  get cin(): number {
    return this.#layer.cin;
  }

  get blockSize(): number {
    return this.#layer.blockSize;
  }

  check({ x, skip, n, h, w, y }: SubpixelConv2dStep): StepWork {
    const { handle: layer, operator } = this;
    checkPlanes(n, h, w);
    checkArray(x, Uint8Array, n * h * w * this.cin, 'x');
    checkArray(skip, Float32Array, n * h * w, 'skip');
    checkArray(y, Float32Array, n * h * w * this.blockSize ** 2, 'y');
    if (overlap(x, y)) expected('memory apart from x', 'y', y);
    if (overlap(skip, y)) expected('memory apart from skip', 'y', y);
    return { operator, layer, x, skip, n, h, w, y };
  }
}

/**
 * A step with everything checked, for `implementation`.
 *
 * @throws TypeError that names what is wrong
 */
export function checkedStep(implementation: Implementation, step: KernelStep): StepWork {
  const layer: unknown = step.layer;
  const ours = layer instanceof CheckedLayer && layer.implementation === implementation;
  if (ours && layer instanceof CheckedAdder2d) return layer.check(step as Adder2dStep);
  if (ours && layer instanceof CheckedDynamicFilter2d) return layer.check(step as DynamicFilter2dStep);
  if (ours && layer instanceof CheckedPointHead) return layer.check(step as PointHeadStep);
  if (ours && layer instanceof CheckedQuantizedConv2d) return layer.check(step as QuantizedConv2dStep);
  if (ours && layer instanceof CheckedSubpixelConv2d) return layer.check(step as SubpixelConv2dStep);
  return expected('a layer that these kernels prepared', 'layer', layer);
}

function checkImages(n: number): void {
  checkInteger(n, 'n', 0, 2 ** 24);
}

function checkPlanes(n: number, h: number, w: number): void {
  checkImages(n);
  checkInteger(h, 'h', 1, 2 ** 24);
  checkInteger(w, 'w', 1, 2 ** 24);
}
