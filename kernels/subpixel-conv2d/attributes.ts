import { checkArray, checkFinites, checkInteger } from '../checks';
import { checkOdd, checkWeightSums } from '../quantized-conv2d/attributes';
import { bicubicTaps } from './bicubic-taps';

/** A layer's constants and attributes; kernels/README.md says what they mean. What is left out has its default. */
export interface SubpixelConv2dDescription {
  /** [blockSize², kH, kW, cin], 255 · Σ |w| of an output below 2^31. Copied. */
  readonly w: Int16Array;
  readonly blockSize: number;
  /** Odd, as kW. */
  readonly kH: number;
  readonly kW: number;
  readonly cin: number;
  /** [blockSize²] */
  readonly scale: Float32Array;
  /** [blockSize²] */
  readonly bias: Float32Array;
  readonly xZeroPoint?: number;
}

/** A checked description with nothing left out. */
export interface SubpixelConv2dLayer extends Required<SubpixelConv2dDescription> {
  /** [blockSize, 4]: weights of the bicubic phases of an axis. */
  readonly tapWeights: Float32Array;
}

const MOST_WEIGHT_SUM = Math.floor((2 ** 31 - 1) / 255);

/**
 * Checks a description and fills it up.
 *
 * @throws TypeError that names what is wrong
 */
export function subpixelConv2dLayer(description: SubpixelConv2dDescription): SubpixelConv2dLayer {
  const { w, blockSize, kH, kW, cin, scale, bias, xZeroPoint = 0 } = description;
  checkInteger(blockSize, 'blockSize', 1, 8);
  checkInteger(cin, 'cin', 1, 65_535);
  checkOdd(kH, 'kH');
  checkOdd(kW, 'kW');
  const outputs = blockSize ** 2;
  checkArray(w, Int16Array, outputs * kH * kW * cin, 'w');
  checkWeightSums(w, outputs, MOST_WEIGHT_SUM);
  checkInteger(xZeroPoint, 'xZeroPoint', 0, 255);
  return {
    w: w.slice(),
    blockSize,
    kH,
    kW,
    cin,
    scale: checkFinites(scale, outputs, 'scale').slice(),
    bias: checkFinites(bias, outputs, 'bias').slice(),
    xZeroPoint,
    tapWeights: Float32Array.from(
      Array.from({ length: blockSize }, (_, phase) => bicubicTaps(phase, blockSize).weights).flat(),
    ),
  };
}
