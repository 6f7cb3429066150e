import codesToFloat from '../plane/codes-to-float.wgsl?raw';
import floatToCodes from '../plane/float-to-codes.wgsl?raw';
import resizeColumns from '../plane/resize-columns.wgsl?raw';
import resizeRows from '../plane/resize-rows.wgsl?raw';
import { resizeAxis, WEIGHT_BITS } from '../plane/resize-table';
import codes from './codes.wgsl?raw';
import { f32, i32, linearGroups, u32, type GpuPrograms, type GpuStep } from './program';
import rounding from './rounding.wgsl?raw';

/** Codes of a plane in a buffer, rows without gaps, from a word's beginning on. */
export interface GpuPlane {
  readonly codes: GPUBufferBinding;
  readonly width: number;
  readonly height: number;
  /** 16 bits a code, else 8. */
  readonly wide: boolean;
}

export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** samples [window.height, window.width] = code · scale + offset. */
export function codesToFloatStep(
  programs: GpuPrograms,
  plane: GpuPlane,
  window: Window,
  samples: GPUBufferBinding,
  scale: number,
  offset: number,
): GpuStep {
  const { x, y, width, height } = window;
  const area = width * height;
  return programs.step(
    {
      label: 'codes to float',
      code: [codesToFloat, codes, rounding],
      constants: { WIDE: plane.wide ? 1 : 0 },
    },
    {
      uniforms: [...[x, y, width, height, plane.width].map(u32), f32(scale), f32(offset), u32(0)],
      buffers: [plane.codes, samples],
      groups: linearGroups(area),
      operations: 2 * area,
      bytes: area * (4 + (plane.wide ? 2 : 1)),
    },
  );
}

/** What a tile of floats keeps, and where. */
export interface TileWork {
  /** Floats, rows of `tileWidth`. */
  readonly samples: GPUBufferBinding;
  readonly tileWidth: number;
  /** The kept part's first sample in the tile. */
  readonly tileX: number;
  readonly tileY: number;
  /** The kept part in the plane. */
  readonly keep: Window;
  readonly scale: number;
  readonly offset: number;
  readonly most: number;
  /** One u32, to which the number of samples that are not finite is added. */
  readonly odd: GPUBufferBinding;
}

/** codes of `keep` = clamp(rint(sample · scale + offset), 0, most). */
export function floatToCodesStep(programs: GpuPrograms, plane: GpuPlane, work: TileWork): GpuStep {
  const { keep, tileX, tileY, tileWidth } = work;
  const area = keep.width * keep.height;
  const perWord = plane.wide ? 2 : 4;
  return programs.step(
    {
      label: 'float to codes',
      code: [floatToCodes, codes, rounding],
      constants: { WIDE: plane.wide ? 1 : 0 },
    },
    {
      uniforms: [
        ...[keep.x, keep.y, keep.width, keep.height, plane.width, tileX, tileY, tileWidth].map(u32),
        ...[work.scale, work.offset, work.most].map(f32),
        u32(0),
      ],
      buffers: [work.samples, plane.codes, work.odd],
      // A row of the plane need not begin with a word.
      groups: linearGroups((keep.height * plane.width) / perWord + 1),
      operations: 3 * area,
      bytes: area * (4 + (plane.wide ? 2 : 1)),
    },
  );
}

export interface GpuResizeOptions {
  readonly phaseX?: number;
  readonly phaseY?: number;
  readonly stepX?: number;
  readonly stepY?: number;
  readonly maxCode: number;
}

/** A plane to another size by `resizeBicubic`'s whole numbers; its tables and what is between its two passes are its own. */
export class GpuResize {
  readonly steps: readonly GpuStep[];
  readonly #buffers: readonly GPUBuffer[];

  constructor(programs: GpuPrograms, source: GpuPlane, target: GpuPlane, options: GpuResizeOptions) {
    const { phaseX = 0, phaseY = 0, stepX, stepY, maxCode } = options;
    const across = resizeAxis(source.width, target.width, phaseX, stepX);
    const down = resizeAxis(source.height, target.height, phaseY, stepY);
    const tables = [across, down].flatMap(({ starts, weights }) => [
      programs.constant(starts, 'resize starts'),
      programs.constant(Int32Array.from(weights), 'resize weights'),
    ]);
    const middle = programs.buffer(4 * target.width * source.height, 'resize middle');
    this.#buffers = [...tables, middle];
    const [starts, weights, downStarts, downWeights] = tables.map((buffer) => ({ buffer }));
    if (!starts || !weights || !downStarts || !downWeights) throw new Error('Expected four tables.');
    const fraction = Math.max(0, MIDDLE_BITS - Math.ceil(Math.log2(maxCode + 1)));
    const constants = { WIDE: source.wide ? 1 : 0 };
    const codeBytes = source.wide ? 2 : 1;
    const between = source.height * target.width;
    const area = target.width * target.height;
    this.steps = [
      programs.step(
        { label: 'resize rows', code: [resizeRows, codes], constants },
        {
          uniforms: [source.width, source.height, target.width, across.taps, WEIGHT_BITS - fraction].map(u32),
          buffers: [source.codes, starts, weights, { buffer: middle }],
          groups: linearGroups(between),
          operations: 2 * between * across.taps,
          bytes: source.width * source.height * codeBytes + 4 * between,
        },
      ),
      programs.step(
        { label: 'resize columns', code: [resizeColumns, codes], constants },
        {
          uniforms: [
            ...[source.height, target.width, target.height, down.taps, WEIGHT_BITS + fraction].map(u32),
            i32(maxCode),
          ],
          buffers: [{ buffer: middle }, downStarts, downWeights, target.codes],
          groups: linearGroups(area / (source.wide ? 2 : 4)),
          operations: 2 * area * down.taps,
          bytes: 4 * between + area * codeBytes,
        },
      ),
    ];
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }
}

/** Fraction bits fill codes up to this between the passes (plane/reference.ts). */
const MIDDLE_BITS = 14;
