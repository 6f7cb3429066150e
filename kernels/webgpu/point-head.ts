import {
  MOST_MAPS,
  pointHeadLayer,
  type PointHeadDescription,
  type PointHeadLayer,
} from '../point-head/attributes';
import kernel from '../point-head/kernel.wgsl?raw';
import { u32, type Field, type GpuPrograms, type GpuStep } from './program';
import rounding from './rounding.wgsl?raw';
import { pointsAtOnce } from './variants';

/** A map as a node gets it. */
export interface GpuPointMap extends GPUBufferBinding {
  /** [h, w, channels] */
  readonly h: number;
  readonly w: number;
}

export interface GpuPointHeadWork {
  readonly maps: readonly GpuPointMap[];
  /** [count, 2] in input pixels */
  readonly points: GPUBufferBinding;
  /** [count, shapeValues] */
  readonly shape: GPUBufferBinding;
  readonly count: number;
  /** [count] */
  readonly y: GPUBufferBinding;
}

/** Of the struct in the kernel. */
const MOST_LAYERS = 16;

/** PointRend's head on a GPU. */
export class GpuPointHead {
  readonly #programs: GpuPrograms;
  readonly #layer: PointHeadLayer;
  readonly #weights: GPUBuffer;
  /** Inputs from the layer before, outputs, and where weights and bias begin, of each layer. */
  readonly #places: readonly (readonly [number, number, number, number])[];

  /** @throws TypeError that names what is wrong with the description */
  constructor(programs: GpuPrograms, description: PointHeadDescription) {
    const layer = pointHeadLayer(description);
    this.#programs = programs;
    this.#layer = layer;
    const parts: number[] = [];
    let before = layer.fine;
    this.#places = layer.layers.map(({ w, bias }) => {
      const outputs = bias.length;
      const inputs = w.length / outputs;
      const weights = parts.length;
      for (let input = 0; input < inputs; input++)
        for (let output = 0; output < outputs; output++) parts.push(w[output * inputs + input] ?? 0);
      const place = [before, outputs, weights, parts.length] as const;
      parts.push(...bias);
      before = outputs;
      return place;
    });
    this.#weights = programs.constant(Float32Array.from(parts), 'PointHead weights');
  }

  bind({ maps, points, shape, count, y }: GpuPointHeadWork): GpuStep {
    const { maps: kinds, fine, coarse, shapeValues, layers } = this.#layer;
    const width = Math.max(fine, ...layers.map(({ bias }) => bias.length));
    const atOnce = pointsAtOnce(2 * width + Math.max(1, coarse), this.#programs.abilities);
    const groups = Math.max(1, Math.ceil(count / atOnce));
    const across = Math.min(groups, 65_535);
    const channels = kinds.reduce((sum, kind) => sum + kind.channels, 0);
    const unused = { buffer: this.#programs.unused };
    const operations = 2 * count * layers.reduce((sum, { w }) => sum + w.length, 6 * channels);
    return this.#programs.step(
      {
        label: 'PointHead',
        code: [kernel, rounding],
        constants: { POINTS: atOnce, WIDTH: width, COARSE: Math.max(1, coarse) },
      },
      {
        uniforms: [
          ...[count, layers.length, maps.length, channels, fine, shapeValues, 0, 0].map(u32),
          ...filled(
            maps.flatMap(({ h, w }, index) => {
              const { channels: depth = 0, stride = 1 } = kinds[index] ?? {};
              return [u32(h), u32(w), u32(depth), { f32: 1 / stride }];
            }),
            4 * MOST_MAPS,
          ),
          ...filled(this.#places.flat().map(u32), 4 * MOST_LAYERS),
        ],
        buffers: [
          { buffer: this.#weights },
          points,
          shapeValues > 0 ? shape : unused,
          y,
          ...Array.from({ length: MOST_MAPS }, (_, index) => maps[index] ?? unused),
        ],
        groups: [across, Math.ceil(groups / across), 1],
        operations,
        bytes: 4 * count * (3 + shapeValues + channels),
      },
    );
  }

  dispose(): void {
    this.#weights.destroy();
  }
}

function filled(fields: readonly Field[], length: number): Field[] {
  return Array.from({ length }, (_, index) => fields[index] ?? u32(0));
}
