import {
  subpixelConv2dLayer,
  type SubpixelConv2dDescription,
  type SubpixelConv2dLayer,
} from '../subpixel-conv2d/attributes';
import kernel from '../subpixel-conv2d/kernel.wgsl?raw';
import { i32, linearGroups, u32, type GpuPrograms, type GpuStep } from './program';
import { byQuads, pairs } from './quantized-conv2d';
import rounding from './rounding.wgsl?raw';

export interface GpuSubpixelConv2dWork {
  /** Codes [n, h, w, cin], four to a word. */
  readonly x: GPUBufferBinding;
  /** [n, h, w] */
  readonly skip: GPUBufferBinding;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  /** [n, blockSize · h, blockSize · w] */
  readonly y: GPUBufferBinding;
}

/** A sub-pixel convolution on a GPU. */
export class GpuSubpixelConv2d {
  readonly #programs: GpuPrograms;
  readonly #layer: SubpixelConv2dLayer;
  readonly #weights: GPUBuffer;
  readonly #phases: GPUBuffer;
  readonly #taps: GPUBuffer;

  /** @throws TypeError that names what is wrong with the description */
  constructor(programs: GpuPrograms, description: SubpixelConv2dDescription) {
    const layer = subpixelConv2dLayer(description);
    this.#programs = programs;
    this.#layer = layer;
    this.#weights = programs.constant(byQuads(layer.w, layer.blockSize ** 2), 'SubpixelConv2d weights');
    this.#phases = programs.constant(pairs(layer.scale, layer.bias), 'SubpixelConv2d phases');
    this.#taps = programs.constant(layer.tapWeights, 'SubpixelConv2d taps');
  }

  bind({ x, skip, n, h, w, y }: GpuSubpixelConv2dWork): GpuStep {
    const { blockSize, kH, kW, cin, xZeroPoint } = this.#layer;
    const pixels = n * h * w;
    const outputs = pixels * blockSize ** 2;
    return this.#programs.step(
      {
        label: 'SubpixelConv2d',
        code: [kernel, rounding],
        constants: { CIN: cin, KH: kH, KW: kW, BLOCK: blockSize },
      },
      {
        uniforms: [...[n, h, w].map(u32), i32(xZeroPoint), u32(0)],
        buffers: [x, { buffer: this.#weights }, { buffer: this.#phases }, { buffer: this.#taps }, skip, y],
        groups: linearGroups(pixels * Math.ceil(blockSize ** 2 / 4)),
        operations: 2 * outputs * (kH * kW * cin + 20),
        bytes: pixels * (cin + 4) + 4 * outputs,
      },
    );
  }

  dispose(): void {
    this.#weights.destroy();
    this.#phases.destroy();
    this.#taps.destroy();
  }
}
