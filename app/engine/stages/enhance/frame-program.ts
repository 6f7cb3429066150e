import { lumaToUnit, planeSize } from '../../frames';
import type { EnhanceModel, FrameProgram } from '../../runtime';
import { planTiles } from '../tiles';
import { planeResize, type FrameSizes } from './frame-way';

/** Bytes per sample of the widest tensor: 64 channels of codes, or 4 · 4 floats of the result. */
const WIDEST = 64;
/** A large card is no quicker with larger tiles. */
const MOST_SAMPLES = 2 ** 22;

/** Samples that may go through a network at once where no buffer is larger than `bytes`. */
export function gpuTileBudget(bytes: number): number {
  return Math.min(MOST_SAMPLES, Math.floor(bytes / WIDEST));
}

/** What a graphics card does with a frame: luma through the network in tiles of at most `budget` samples, the rest bicubically. */
export function frameProgram(model: EnhanceModel, sizes: FrameSizes, budget: number): FrameProgram {
  const { manifest } = model;
  const { input, output } = sizes;
  const { format, colour } = input;
  const { scale: codeScale, offset: codeOffset } = lumaToUnit(format.bitDepth, colour.range);
  const exact =
    input.width * manifest.scale === output.width && input.height * manifest.scale === output.height;
  const indexes = Array.from({ length: format.planes }, (_, index) => index);
  return {
    source: indexes.map((index) => planeSize(format, index, input.width, input.height)),
    target: indexes.map((index) => planeSize(format, index, output.width, output.height)),
    wide: format.bitDepth > 8,
    maxCode: 2 ** format.bitDepth - 1,
    network: {
      input: manifest.inputs[0]?.name ?? '',
      output: manifest.outputs[0]?.name ?? '',
      scale: manifest.scale,
      ...{ codeScale, codeOffset },
      tiles: planTiles(input.width, input.height, manifest.halo, budget),
    },
    resizes: indexes.map((index) => (index === 0 && exact ? null : planeResize(index, sizes))),
  };
}
