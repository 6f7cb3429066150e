import {
  quantizedConv2dLayer,
  type QuantizedConv2dDescription,
  type QuantizedConv2dLayer,
} from '../quantized-conv2d/attributes';
import kernel from '../quantized-conv2d/kernel.wgsl?raw';
import { f32, linearGroups, u32, type GpuPrograms, type GpuStep } from './program';
import rounding from './rounding.wgsl?raw';

export interface GpuQuantizedConv2dWork {
  /** [n, h, w] */
  readonly x: GPUBufferBinding;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  /** Codes [n, h, w, cout], four to a word. */
  readonly y: GPUBufferBinding;
}

/** A quantised convolution on a GPU. */
export class GpuQuantizedConv2d {
  readonly #programs: GpuPrograms;
  readonly #layer: QuantizedConv2dLayer;
  readonly #weights: GPUBuffer;
  readonly #channels: GPUBuffer;

  /** @throws TypeError that names what is wrong with the description */
  constructor(programs: GpuPrograms, description: QuantizedConv2dDescription) {
    const layer = quantizedConv2dLayer(description);
    this.#programs = programs;
    this.#layer = layer;
    this.#weights = programs.constant(byQuads(layer.w, layer.cout), 'QuantizedConv2d weights');
    this.#channels = programs.constant(pairs(layer.scale, layer.bias), 'QuantizedConv2d channels');
  }

  bind({ x, n, h, w, y }: GpuQuantizedConv2dWork): GpuStep {
    const { cout, kH, kW, activation, xLevels, yZeroPoint } = this.#layer;
    const outputs = n * h * w * cout;
    return this.#programs.step(
      {
        label: 'QuantizedConv2d',
        code: [kernel, rounding],
        constants: { COUT: cout, KH: kH, KW: kW, RELU: activation === 'relu' ? 1 : 0 },
      },
      {
        uniforms: [...[n, h, w].map(u32), f32(xLevels), f32(yZeroPoint), u32(0)],
        buffers: [x, { buffer: this.#weights }, { buffer: this.#channels }, y],
        groups: linearGroups(outputs / 4),
        operations: 2 * outputs * kH * kW,
        bytes: 4 * n * h * w + outputs,
      },
    );
  }

  dispose(): void {
    this.#weights.destroy();
    this.#channels.destroy();
  }
}

/** [outputs, terms] as [terms, outputs / 4][4], zeros where there is no output. */
export function byQuads(weights: Int16Array, outputs: number): Int32Array {
  const terms = weights.length / outputs;
  const width = 4 * Math.ceil(outputs / 4);
  const result = new Int32Array(terms * width);
  for (let output = 0; output < outputs; output++)
    for (let term = 0; term < terms; term++)
      result[term * width + output] = weights[output * terms + term] ?? 0;
  return result;
}

/** [count, 2] */
export function pairs(first: Float32Array, second: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * first.length }, (_, index) => {
    const values = index % 2 === 0 ? first : second;
    return values[index >> 1] ?? 0;
  });
}
