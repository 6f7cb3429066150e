import {
  dynamicFilter2dLayer,
  filteredShape,
  type DynamicFilter2dDescription,
} from '../dynamic-filter2d/attributes';
import kernel from '../dynamic-filter2d/kernel.wgsl?raw';
import exponential from '../exponential.wgsl?raw';
import { linearGroups, u32, type GpuPrograms, type GpuStep } from './program';
import rounding from './rounding.wgsl?raw';

export interface GpuDynamicFilter2dWork {
  /** [n, c, h, w] */
  readonly x: GPUBufferBinding;
  /** [n, groups · side², h′, w′] */
  readonly logits: GPUBufferBinding;
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  /** [n, c, h′, w′] */
  readonly y: GPUBufferBinding;
}

/** Filters of their own for every pixel, on a GPU. */
export class GpuDynamicFilter2d {
  readonly #programs: GpuPrograms;
  readonly #layer: DynamicFilter2dDescription;

  /** @throws TypeError that names what is wrong with the description */
  constructor(programs: GpuPrograms, description: DynamicFilter2dDescription) {
    this.#programs = programs;
    this.#layer = dynamicFilter2dLayer(description);
  }

  /** @throws TypeError for pictures too small to be reflected */
  outputShape(h: number, w: number): { readonly height: number; readonly width: number } {
    return filteredShape(this.#layer, h, w);
  }

  bind({ x, logits, n, c, h, w, y }: GpuDynamicFilter2dWork): GpuStep {
    const { groups, side, stride } = this.#layer;
    const { height, width } = this.outputShape(h, w);
    const area = height * width;
    const taps = side ** 2;
    return this.#programs.step(
      {
        label: 'DynamicFilter2d',
        code: [kernel, exponential, rounding],
        constants: { GROUPS: groups, SIDE: side, STRIDE: stride },
      },
      {
        uniforms: [...[n, c, h, w, height, width].map(u32), u32(0)],
        buffers: [x, logits, y],
        groups: linearGroups(n * groups * area),
        operations: 2 * n * c * area * taps,
        bytes: 4 * n * (c * h * w + groups * taps * area + c * area),
      },
    );
  }
}
