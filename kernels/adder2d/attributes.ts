import { checkArray, checkFinite, checkFinites, checkInteger, expected } from '../checks';

export type Activation = 'none' | 'relu' | 'prelu';
export type OutputType = 'uint8' | 'float32';

/** A layer's constants and attributes; kernels/README.md says what they mean. What is left out has ONNX's default. */
export interface Adder2dDescription {
  /** Codes, [cout, kH, kW, cin]. Copied. */
  readonly w: Uint8Array;
  readonly cout: number;
  readonly kH: number;
  readonly kW: number;
  readonly cin: number;
  /** [cout] */
  readonly scale: Float32Array;
  /** [cout] */
  readonly bias: Float32Array;
  /** [cout], for PReLU. */
  readonly slope?: Float32Array;
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
  /** Down, across. */
  readonly strides?: readonly [number, number];
  readonly padCode?: number;
  readonly residualScale?: number;
  readonly activation?: Activation;
  readonly power?: number;
  readonly powerGain?: number;
  readonly yZeroPoint?: number;
  readonly to?: OutputType;
}

/** A checked description with nothing left out; floats are rounded to single precision. */
export interface Adder2dLayer {
  readonly w: Uint8Array;
  readonly cout: number;
  readonly kH: number;
  readonly kW: number;
  readonly cin: number;
  readonly scale: Float32Array;
  readonly bias: Float32Array;
  readonly slope: Float32Array | null;
  readonly padTop: number;
  readonly padLeft: number;
  readonly padBottom: number;
  readonly padRight: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padCode: number;
  readonly residualScale: number;
  readonly activation: Activation;
  readonly power: number;
  readonly powerGain: number;
  readonly yZeroPoint: number;
  readonly to: OutputType;
}

/** Sums stay exact in single precision: 2^24 over the largest difference. */
const MOST_TERMS = Math.floor(2 ** 24 / 255);
const MOST_SIDE = 65_535;
const ACTIVATIONS: readonly Activation[] = ['none', 'relu', 'prelu'];
const OUTPUT_TYPES: readonly OutputType[] = ['uint8', 'float32'];

/**
 * Checks a description and fills it up.
 *
 * @throws TypeError that names what is wrong
 */
export function adder2dLayer(description: Adder2dDescription): Adder2dLayer {
  const { w, cout, kH, kW, cin, scale, bias, slope } = description;
  checkInteger(cout, 'cout', 1, MOST_SIDE);
  checkInteger(cin, 'cin', 1, MOST_SIDE);
  checkInteger(kH, 'kH', 1, MOST_SIDE);
  checkInteger(kW, 'kW', 1, MOST_SIDE);
  if (kH * kW * cin > MOST_TERMS) expected(`at most ${MOST_TERMS} terms a sum`, 'kH·kW·cin', kH * kW * cin);
  checkArray(w, Uint8Array, cout * kH * kW * cin, 'w');
  const activation = description.activation ?? 'none';
  if (!ACTIVATIONS.includes(activation)) expected(ACTIVATIONS.join(', '), 'activation', activation);
  const to = description.to ?? 'uint8';
  if (!OUTPUT_TYPES.includes(to)) expected(OUTPUT_TYPES.join(' or '), 'to', to);
  if (activation === 'prelu') checkFinites(slope, cout, 'slope');
  const [padTop, padLeft, padBottom, padRight] = description.pads ?? [0, 0, 0, 0];
  for (const [index, pad] of [padTop, padLeft, padBottom, padRight].entries())
    checkInteger(pad, `pads[${index}]`, 0, MOST_SIDE);
  const [strideH, strideW] = description.strides ?? [1, 1];
  checkInteger(strideH, 'strides[0]', 1, MOST_SIDE);
  checkInteger(strideW, 'strides[1]', 1, MOST_SIDE);
  const { padCode = 0, residualScale = 1, power = 1, powerGain = 1, yZeroPoint = 0 } = description;
  checkInteger(padCode, 'padCode', 0, 255);
  checkInteger(yZeroPoint, 'yZeroPoint', 0, 255);
  checkFinite(residualScale, 'residualScale');
  checkFinite(powerGain, 'powerGain');
  checkFinite(power, 'power');
  if (power <= 0) expected('a number above 0', 'power', power);
  return {
    w: w.slice(),
    cout,
    kH,
    kW,
    cin,
    scale: checkFinites(scale, cout, 'scale').slice(),
    bias: checkFinites(bias, cout, 'bias').slice(),
    slope: activation === 'prelu' ? checkFinites(slope, cout, 'slope').slice() : null,
    padTop,
    padLeft,
    padBottom,
    padRight,
    strideH,
    strideW,
    padCode,
    residualScale: Math.fround(residualScale),
    activation,
    power: Math.fround(power),
    powerGain: Math.fround(powerGain),
    yZeroPoint,
    to,
  };
}

/** @throws TypeError where the window is larger than the padded picture */
export function outputShape(layer: Adder2dLayer, h: number, w: number): { height: number; width: number } {
  checkInteger(h, 'h', 1, 2 ** 24);
  checkInteger(w, 'w', 1, 2 ** 24);
  const height = Math.floor((h + layer.padTop + layer.padBottom - layer.kH) / layer.strideH) + 1;
  const width = Math.floor((w + layer.padLeft + layer.padRight - layer.kW) / layer.strideW) + 1;
  if (height < 1) expected(`at least ${layer.kH - layer.padTop - layer.padBottom} rows`, 'h', h);
  if (width < 1) expected(`at least ${layer.kW - layer.padLeft - layer.padRight} columns`, 'w', w);
  return { height, width };
}
