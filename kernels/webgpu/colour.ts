import type { LinearAxis } from '../plane/chroma-axis';
import codesToRgb from '../plane/codes-to-rgb.wgsl?raw';
import { planColour, type PictureCoding } from '../plane/colour-work';
import rgbToCodes from '../plane/rgb-to-codes.wgsl?raw';
import codes from './codes.wgsl?raw';
import { f32, linearGroups, u32, type GpuPrograms, type GpuStep } from './program';
import rounding from './rounding.wgsl?raw';

/** Buffers of a picture: one plane of luma, or luma, Cb and Cr, and red, green and blue. */
export interface GpuPicture {
  readonly planes: readonly GPUBufferBinding[];
  /** [3, rows, columns] with the picture at its upper left; left out, these are the picture's own. */
  readonly rgb: GPUBufferBinding & { readonly columns?: number; readonly rows?: number };
  /** 16 bits a code, else 8. */
  readonly wide: boolean;
}

/** Clockwise degrees. */
export type QuarterTurn = 0 | 90 | 180 | 270;

/** A picture's codes to colours, or back, by the operations of `planesToRgb` and `rgbToPlanes`; tables are its own. */
export class GpuColour {
  readonly steps: readonly GpuStep[];
  readonly #tables: GPUBuffer[] = [];
  readonly #programs: GpuPrograms;

  /**
   * Codes to colours, turned clockwise by `rotation` degrees; beyond the picture its last column and row go on.
   *
   * @throws TypeError for a wrong coding
   */
  static toRgb(
    programs: GpuPrograms,
    coding: PictureCoding,
    picture: GpuPicture,
    rotation: QuarterTurn = 0,
  ): GpuColour {
    return new GpuColour(programs, (own) => [own.#toRgb(coding, picture, rotation)]);
  }

  /** Colours to codes; `odd` is one u32, to which the number of pixels that are not finite is added. @throws TypeError */
  static toPlanes(
    programs: GpuPrograms,
    coding: PictureCoding,
    picture: GpuPicture,
    odd: GPUBufferBinding,
  ): GpuColour {
    return new GpuColour(programs, (own) =>
      picture.planes.map((plane, index) => own.#toPlane(coding, picture, plane, index, odd)),
    );
  }

  private constructor(programs: GpuPrograms, steps: (own: GpuColour) => readonly GpuStep[]) {
    this.#programs = programs;
    this.steps = steps(this);
  }

  dispose(): void {
    for (const table of this.#tables) table.destroy();
    for (const step of this.steps) step.uniforms.destroy();
  }

  #toRgb(coding: PictureCoding, { planes, rgb, wide }: GpuPicture, rotation: QuarterTurn): GpuStep {
    const { width, height, chromaWidth, factors: f, across, down } = planColour(coding, 'to-rgb');
    const [luma, blue, red] = planes;
    if (!luma) throw new Error('Expected a plane of luma.');
    const [shownWidth, shownHeight] = rotation % 180 === 0 ? [width, height] : [height, width];
    const { columns = shownWidth, rows = shownHeight } = rgb;
    const area = columns * rows;
    return this.#programs.step(
      {
        label: 'codes to RGB',
        code: [codesToRgb, codes, rounding],
        constants: {
          ...flags(wide, across, down),
          GREY: blue && red ? 0 : 1,
          TURNS: rotation / 90,
        },
      },
      {
        uniforms: [
          ...[width, height, chromaWidth, 0].map(u32),
          ...[f.lumaScale, f.lumaOffset, f.chromaScale, f.chromaOffset].map(f32),
          ...[f.redFromRed, f.greenFromBlue, f.greenFromRed, f.blueFromBlue].map(f32),
          ...[columns, rows, 0, 0].map(u32),
        ],
        buffers: [luma, blue ?? luma, red ?? luma, this.#table(upTable(down, across)), rgb],
        groups: linearGroups(area),
        operations: 20 * area,
        bytes: area * (12 + (wide ? 2 : 1)),
      },
    );
  }

  #toPlane(
    coding: PictureCoding,
    { rgb, wide }: GpuPicture,
    plane: GPUBufferBinding,
    index: number,
    odd: GPUBufferBinding,
  ): GpuStep {
    const {
      width,
      height,
      chromaWidth,
      chromaHeight,
      factors: f,
      across,
      down,
    } = planColour(coding, 'from-rgb');
    const size = index === 0 ? { width, height } : { width: chromaWidth, height: chromaHeight };
    const samples = size.width * size.height;
    const { columns = width, rows = height } = rgb;
    const [span, zero] = index === 0 ? [f.lumaSpan, f.lumaZero] : [f.chromaSpan, f.chromaZero];
    return this.#programs.step(
      {
        label: 'RGB to codes',
        code: [rgbToCodes, codes, rounding],
        constants: { ...flags(wide, across, down), PLANE: index },
      },
      {
        uniforms: [
          ...[width, columns, columns * rows, size.width, size.height].map(u32),
          ...[f.red, f.green, f.blue, index === 2 ? f.redSpread : f.blueSpread].map(f32),
          ...[span, zero, f.most].map(f32),
          u32(0),
        ],
        buffers: [
          rgb,
          this.#table(Int32Array.from([...down.starts, ...across.starts])),
          this.#table(Float32Array.from([...down.weights, ...across.weights])),
          plane,
          odd,
        ],
        groups: linearGroups(samples / (wide ? 2 : 4)),
        operations: samples * (index === 0 ? 7 : 9 * across.taps * down.taps),
        bytes: samples * (wide ? 2 : 1) + 12 * width * height,
      },
    );
  }

  #table(data: ArrayBufferView): GPUBufferBinding {
    const buffer = this.#programs.constant(data, 'colour');
    this.#tables.push(buffer);
    return { buffer };
  }
}

function flags(wide: boolean, across: LinearAxis, down: LinearAxis): Record<string, number> {
  return { WIDE: wide ? 1 : 0, TAPS_ACROSS: across.taps, TAPS_DOWN: down.taps };
}

/** Rows, then columns: first sample and two weights. */
function upTable(down: LinearAxis, across: LinearAxis): Uint32Array {
  const table = new Uint32Array(4 * (down.count + across.count));
  const floats = new Float32Array(table.buffer);
  let at = 0;
  for (const axis of [down, across])
    for (let index = 0; index < axis.count; index++, at += 4) {
      table[at] = axis.starts[index] ?? 0;
      for (let tap = 0; tap < axis.taps; tap++)
        floats[at + 1 + tap] = axis.weights[index * axis.taps + tap] ?? 0;
    }
  return table;
}
