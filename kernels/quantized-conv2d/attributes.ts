import { checkArray, checkFinite, checkFinites, checkInteger, expected } from '../checks';

/** A layer's constants and attributes; kernels/README.md says what they mean. What is left out has its default. */
export interface QuantizedConv2dDescription {
  /** [cout, kH, kW], Σ |w| of an output at most 65535. Copied. */
  readonly w: Int16Array;
  readonly cout: number;
  /** Odd, as kW. */
  readonly kH: number;
  readonly kW: number;
  /** [cout] */
  readonly scale: Float32Array;
  /** [cout] */
  readonly bias: Float32Array;
  readonly xLevels?: number;
  readonly activation?: 'none' | 'relu';
  readonly yZeroPoint?: number;
}

/** A checked description with nothing left out; floats are rounded to single precision. */
export type QuantizedConv2dLayer = Required<QuantizedConv2dDescription>;

/** With inputs up to 32767, sums stay below 2^31. */
const MOST_WEIGHT_SUM = 65_535;
const MOST_SIDE = 255;

/**
 * Checks a description and fills it up.
 *
 * @throws TypeError that names what is wrong
 */
export function quantizedConv2dLayer(description: QuantizedConv2dDescription): QuantizedConv2dLayer {
  const { w, cout, kH, kW, scale, bias } = description;
  const { xLevels = 255 * 64, activation = 'none', yZeroPoint = 0 } = description;
  checkInteger(cout, 'cout', 1, 65_535);
  checkOdd(kH, 'kH');
  checkOdd(kW, 'kW');
  checkArray(w, Int16Array, cout * kH * kW, 'w');
  checkWeightSums(w, cout, MOST_WEIGHT_SUM);
  checkFinite(xLevels, 'xLevels');
  if (activation !== 'none' && activation !== 'relu') expected('none or relu', 'activation', activation);
  checkInteger(yZeroPoint, 'yZeroPoint', 0, 255);
  return {
    w: w.slice(),
    cout,
    kH,
    kW,
    scale: checkFinites(scale, cout, 'scale').slice(),
    bias: checkFinites(bias, cout, 'bias').slice(),
    xLevels: Math.fround(xLevels),
    activation,
    yZeroPoint,
  };
}

/** A filter has a middle. */
export function checkOdd(side: number, name: string): void {
  checkInteger(side, name, 1, MOST_SIDE);
  if (side % 2 === 0) expected('an odd number', name, side);
}

/** That no sum of absolute weights of one of `outputs` filters is above `most`. */
export function checkWeightSums(w: Int16Array, outputs: number, most: number): void {
  const terms = w.length / outputs;
  for (let output = 0; output < outputs; output++) {
    const sum = w
      .subarray(output * terms, (output + 1) * terms)
      .reduce((total, weight) => total + Math.abs(weight), 0);
    if (sum > most) expected(`weights whose absolute values add up to at most ${most}`, `w[${output}]`, sum);
  }
}
