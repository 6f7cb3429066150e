import type { Activation, Adder2dDescription, OutputType } from './attributes';

/** A layer and the size of what it is run on; tests and benchmarks share these. */
export interface Adder2dCase {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly cin: number;
  readonly cout: number;
  /** Height and width of the filter. */
  readonly k: readonly [number, number];
  /** Left out: as much as keeps the size at stride 1. */
  readonly pads?: readonly [number, number, number, number];
  readonly strides?: readonly [number, number];
  readonly padCode?: number;
  readonly residual?: boolean;
  readonly activation?: Activation;
  readonly power?: number;
  readonly yZeroPoint?: number;
  readonly to?: OutputType;
}

export interface Adder2dData {
  readonly description: Adder2dDescription;
  readonly x: Uint8Array;
  readonly residual: Uint8Array | null;
  readonly outputs: number;
}

const square = (k: number): readonly [number, number] => [k, k];

/** Odd sizes, channel counts beside multiples of eight, every attribute. */
export const ADDER2D_CASES: readonly Adder2dCase[] = [
  { n: 1, h: 1, w: 1, cin: 1, cout: 4, k: square(1) },
  { n: 1, h: 1, w: 1, cin: 3, cout: 8, k: square(3), padCode: 7 },
  { n: 1, h: 3, w: 5, cin: 3, cout: 40, k: square(5), padCode: 200, activation: 'relu' },
  { n: 2, h: 3, w: 5, cin: 8, cout: 4, k: square(3), residual: true },
  { n: 1, h: 7, w: 641, cin: 32, cout: 32, k: square(3), residual: true, activation: 'relu' },
  { n: 1, h: 641, w: 7, cin: 8, cout: 8, k: square(3), activation: 'prelu' },
  { n: 1, h: 13, w: 17, cin: 33, cout: 32, k: square(3), padCode: 128, yZeroPoint: 77 },
  { n: 3, h: 9, w: 11, cin: 64, cout: 64, k: square(3), residual: true, activation: 'relu', yZeroPoint: 3 },
  { n: 1, h: 9, w: 11, cin: 64, cout: 40, k: square(5), strides: [2, 2], to: 'float32' },
  { n: 2, h: 10, w: 12, cin: 32, cout: 33, k: square(1), strides: [2, 1] },
  { n: 1, h: 21, w: 8, cin: 5, cout: 17, k: [3, 1], strides: [1, 3], to: 'float32', residual: true },
  {
    n: 1,
    h: 6,
    w: 23,
    cin: 16,
    cout: 31,
    k: [1, 5],
    pads: [0, 0, 0, 4],
    residual: true,
    activation: 'prelu',
  },
  { n: 1, h: 5, w: 5, cin: 8, cout: 24, k: square(3), pads: [4, 0, 1, 5], padCode: 255, to: 'float32' },
  { n: 1, h: 8, w: 9, cin: 32, cout: 16, k: square(3), pads: [0, 0, 0, 0], yZeroPoint: 255 },
  { n: 1, h: 4, w: 5, cin: 2400, cout: 6, k: square(5) },
  { n: 1, h: 9, w: 10, cin: 8, cout: 9, k: square(3), residual: true, activation: 'relu', power: 1.3 },
  { n: 1, h: 9, w: 10, cin: 8, cout: 20, k: square(3), power: 0.7, to: 'float32' },
];

/** What networks are made of, at a quarter of 1280×720. */
export const ADDER2D_BENCH: readonly Adder2dCase[] = [32, 64].map((channels) => ({
  n: 1,
  h: 180,
  w: 320,
  cin: channels,
  cout: channels,
  k: square(3),
  activation: 'relu',
}));

/** Numbers from 0 up to 1 by mulberry32, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random codes and constants for a case, such that outputs spread over all codes and beyond both ends. */
export function adder2dData(from: Adder2dCase, seed: number): Adder2dData {
  const next = random(seed);
  const { n, h, w, cin, cout, k, to = 'uint8', activation = 'none' } = from;
  const [kH, kW] = k;
  const pads = from.pads ?? [kH >> 1, kW >> 1, kH >> 1, kW >> 1];
  const strides = from.strides ?? [1, 1];
  const terms = kH * kW * cin;
  // Half the weights lie at the ends of the range, as in trained layers.
  const weight = (): number => (next() < 0.5 ? Math.floor(next() * 256) : next() < 0.5 ? 0 : 255);
  const codes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => Math.floor(next() * 256));
  const spread = 130 / (36 * Math.sqrt(terms) + 1);
  const scale = Float32Array.from({ length: cout }, () => -spread * (0.5 + next()));
  const mean = 96 * terms;
  const height = Math.floor((h + pads[0] + pads[2] - kH) / strides[0]) + 1;
  const width = Math.floor((w + pads[1] + pads[3] - kW) / strides[1]) + 1;
  const outputs = n * height * width * cout;
  return {
    description: {
      w: Uint8Array.from({ length: cout * terms }, weight),
      cout,
      kH,
      kW,
      cin,
      scale,
      bias: scale.map((step) => -step * mean + 100 * (next() - 0.5)),
      ...(activation === 'prelu' ? { slope: Float32Array.from({ length: cout }, () => next() - 0.3) } : {}),
      pads,
      strides,
      padCode: from.padCode ?? 0,
      residualScale: Math.fround(0.37),
      activation,
      power: from.power ?? 1,
      powerGain: from.power === undefined ? 1 : Math.fround(100 ** (1 - from.power)),
      yZeroPoint: from.yZeroPoint ?? 0,
      to,
    },
    x: codes(n * h * w * cin),
    residual: from.residual ? codes(outputs) : null,
    outputs,
  };
}
