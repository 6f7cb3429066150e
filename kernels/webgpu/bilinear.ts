import bilinearColumns from '../plane/bilinear-columns.wgsl?raw';
import bilinearRows from '../plane/bilinear-rows.wgsl?raw';
import { bilinearAxis } from '../plane/bilinear-table';
import { linearGroups, u32, type GpuPrograms, type GpuStep } from './program';
import rounding from './rounding.wgsl?raw';

/** Planes of floats in a buffer, [3, height, width]. */
export interface GpuFloats extends GPUBufferBinding {
  readonly width: number;
  readonly height: number;
}

/** A part of a picture at its upper left. */
export interface Part {
  readonly width: number;
  readonly height: number;
}

const PLANES = 3;

/**
 * Red, green and blue to another size by the operations of `resizeBilinear`, at the upper left of the target; beyond, the last
 * column and row go on. Its tables and what is between its two passes are its own.
 */
export class GpuBilinear {
  readonly steps: readonly GpuStep[];
  readonly #buffers: readonly GPUBuffer[];

  constructor(programs: GpuPrograms, source: GpuFloats, target: GpuFloats, part: Part) {
    const across = bilinearAxis(source.width, part.width);
    const down = bilinearAxis(source.height, part.height);
    const tables = [down, across].flatMap(({ starts, weights }) => [
      programs.constant(starts, 'bilinear starts'),
      programs.constant(weights, 'bilinear weights'),
    ]);
    const between = PLANES * part.height * source.width;
    const lines = programs.buffer(4 * between, 'bilinear rows');
    this.#buffers = [...tables, lines];
    const [downStarts, downWeights, starts, weights] = tables.map((buffer) => ({ buffer }));
    if (!downStarts || !downWeights || !starts || !weights) throw new Error('Expected four tables.');
    const area = PLANES * target.width * target.height;
    this.steps = [
      programs.step(
        { label: 'bilinear rows', code: [bilinearRows, rounding], constants: {} },
        {
          uniforms: [source.width, source.height, part.height, PLANES, down.taps, 0].map(u32),
          buffers: [source, downStarts, downWeights, { buffer: lines }],
          groups: linearGroups(between),
          operations: 2 * between * down.taps,
          bytes: 4 * (PLANES * source.width * source.height + between),
        },
      ),
      programs.step(
        { label: 'bilinear columns', code: [bilinearColumns, rounding], constants: {} },
        {
          uniforms: [
            ...[source.width, part.height, part.width, target.width, target.height],
            ...[PLANES, across.taps, 0],
          ].map(u32),
          buffers: [{ buffer: lines }, starts, weights, target],
          groups: linearGroups(area),
          operations: 2 * area * across.taps,
          bytes: 4 * (between + area),
        },
      ),
    ];
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    for (const step of this.steps) step.uniforms.destroy();
  }
}
