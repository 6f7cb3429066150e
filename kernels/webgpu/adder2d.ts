import epilogue from '../adder2d/epilogue.wgsl?raw';
import generic from '../adder2d/kernel.wgsl?raw';
import tileF16 from '../adder2d/tile-f16.wgsl?raw';
import tileF32 from '../adder2d/tile-f32.wgsl?raw';
import tile from '../adder2d/tile.wgsl?raw';
import { adder2dLayer, outputShape, type Adder2dDescription, type Adder2dLayer } from '../adder2d/attributes';
import { f32, linearGroups, u32, type GpuPrograms, type GpuStep, type ProgramSource } from './program';
import rounding from './rounding.wgsl?raw';
import { adder2dVariant, type Adder2dVariant } from './variants';

/** Buffers of a layer's work; images in NHWC, codes four to a word. */
export interface GpuAdder2dWork {
  /** [n, h, w, cin] */
  readonly x: GPUBufferBinding;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  /** [n, height, width, cout]; another buffer than `y`. */
  readonly residual?: GPUBufferBinding;
  /** [n, height, width, cout] */
  readonly y: GPUBufferBinding;
}

/** An adder layer on a GPU. */
export class GpuAdder2d {
  readonly #programs: GpuPrograms;
  readonly #layer: Adder2dLayer;
  readonly #variant: Adder2dVariant;
  readonly #weights: GPUBuffer;
  readonly #channels: GPUBuffer;

  /** @throws TypeError that names what is wrong with the description */
  constructor(programs: GpuPrograms, description: Adder2dDescription, variant?: Adder2dVariant) {
    const layer = adder2dLayer(description);
    this.#programs = programs;
    this.#layer = layer;
    this.#variant = variant ?? adder2dVariant(layer, programs.abilities);
    this.#weights = programs.constant(weightsFor(layer, this.#variant), 'Adder2d weights');
    const channels = new Float32Array(4 * layer.cout);
    for (let channel = 0; channel < layer.cout; channel++)
      channels.set(
        [layer.scale[channel] ?? 0, layer.bias[channel] ?? 0, layer.slope?.[channel] ?? 0],
        4 * channel,
      );
    this.#channels = programs.constant(channels, 'Adder2d channels');
  }

  /** @throws TypeError where the window is larger than the padded picture */
  outputShape(h: number, w: number): { readonly height: number; readonly width: number } {
    return outputShape(this.#layer, h, w);
  }

  bind({ x, n, h, w, residual, y }: GpuAdder2dWork): GpuStep {
    const layer = this.#layer;
    const { height, width } = this.outputShape(h, w);
    const outputs = n * height * width * layer.cout;
    const outputBytes = (layer.to === 'float32' ? 4 : 1) * outputs;
    return this.#programs.step(this.#program(residual !== undefined), {
      uniforms: [
        ...[n, h, w, height, width, layer.padTop, layer.padLeft, layer.padCode].map(u32),
        ...[layer.residualScale, layer.power, layer.powerGain, layer.yZeroPoint].map(f32),
        u32(0),
      ],
      buffers: [
        x,
        { buffer: this.#weights },
        { buffer: this.#channels },
        residual ?? { buffer: this.#programs.unused },
        y,
      ],
      groups:
        this.#variant.name === 'generic'
          ? linearGroups(layer.to === 'float32' ? outputs : outputs / 4)
          : [Math.ceil(width / 32), Math.ceil(height / 8), n * Math.ceil(layer.cout / 32)],
      operations: 2 * outputs * layer.kH * layer.kW * layer.cin,
      bytes: n * h * w * layer.cin + outputBytes + (residual ? outputs : 0),
    });
  }

  dispose(): void {
    this.#weights.destroy();
    this.#channels.destroy();
  }

  #program(residual: boolean): ProgramSource {
    const layer = this.#layer;
    const variant = this.#variant;
    const constants = {
      CIN: layer.cin,
      COUT: layer.cout,
      KH: layer.kH,
      KW: layer.kW,
      ACTIVATION: { none: 0, relu: 1, prelu: 2 }[layer.activation],
      RESIDUAL: residual ? 1 : 0,
      POWER: layer.power === 1 ? 0 : 1,
    };
    if (variant.name === 'generic') {
      const own = {
        STRIDE_H: layer.strideH,
        STRIDE_W: layer.strideW,
        FLOATS: layer.to === 'float32' ? 1 : 0,
      };
      const code = [generic, epilogue, rounding];
      return { label: 'Adder2d', code, constants: { ...constants, ...own } };
    }
    const half = variant.name === 'tile-f16';
    return {
      label: `Adder2d ${half ? 'f16' : 'f32'}`,
      code: [half ? tileF16 : tileF32, tile, epilogue, rounding],
      constants: {
        ...constants,
        CHUNK: variant.chunk,
        ...(half ? { SPILL: variant.spill } : {}),
      },
    };
  }
}

/** [cout, kH, kW, cin] in the order and form that a kernel reads. */
function weightsFor({ w, cout, kH, kW, cin }: Adder2dLayer, { name }: Adder2dVariant): ArrayBufferView {
  if (name === 'generic') return w;
  const packed = name === 'tile-f16' ? new Uint16Array(w.length) : new Float32Array(w.length);
  /** 1024 as a 16-bit float, or 2^23. */
  const lift = name === 'tile-f16' ? 0x6400 : 2 ** 23;
  const taps = kH * kW;
  for (let output = 0; output < cout; output++)
    for (let tap = 0; tap < taps; tap++)
      for (let input = 0; input < cin; input++)
        packed[(input * taps + tap) * cout + output] = lift + (w[(output * taps + tap) * cin + input] ?? 0);
  return packed;
}
