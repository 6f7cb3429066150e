import { adder2dData } from '../adder2d/cases';
import type { Kernels } from '../binding/kernels';
import { quantizedConv2dData } from '../quantized-conv2d/cases';
import { subpixelConv2dData } from '../subpixel-conv2d/cases';
import { GpuAdder2d } from './adder2d';
import type { GpuPrograms, GpuStep } from './program';
import { GpuQuantizedConv2d } from './quantized-conv2d';
import { GpuSubpixelConv2d } from './subpixel-conv2d';

/** A small network of made-up weights, with every kind of layer that shipped ones have, on a picture of this size. */
export interface SelfTestSize {
  readonly width: number;
  readonly height: number;
}

const CHANNELS = 32;
const SCALE = 2;
const k = [3, 3] as const;
const SIZE = { n: 1, cin: CHANNELS, cout: CHANNELS, k } as const;

function layers() {
  const tiny = { h: 1, w: 1 } as const;
  return {
    head: quantizedConv2dData({ n: 1, ...tiny, cout: CHANNELS, k: [5, 5], activation: 'relu' }, 1)
      .description,
    first: adder2dData({ ...SIZE, ...tiny, activation: 'relu', padCode: 9 }, 2).description,
    second: adder2dData({ ...SIZE, ...tiny, residual: true, yZeroPoint: 99 }, 3).description,
    tail: subpixelConv2dData({ n: 1, ...tiny, cin: CHANNELS, blockSize: SCALE, k, xZeroPoint: 99 }, 4)
      .description,
  };
}

/** The test's picture: smooth, with noise on it. */
function picture({ width, height }: SelfTestSize): Float32Array {
  return Float32Array.from({ length: width * height }, (_, index) => {
    const smooth = Math.sin((index % width) / 7) * Math.cos(index / width / 5);
    return Math.fround(0.5 + 0.3 * smooth + ((index * 7919) % 97) / 970);
  });
}

/** What the processor makes of it. */
export async function selfTestOnCpu(kernels: Kernels, size: SelfTestSize): Promise<Float32Array> {
  const { head, first, second, tail } = layers();
  const area = size.width * size.height;
  const x = picture(size);
  const [a, b, c] = [0, 1, 2].map(() => new Uint8Array(area * CHANNELS)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const y = new Float32Array(area * SCALE ** 2);
  const shape = { n: 1, h: size.height, w: size.width };
  const prepared = {
    head: kernels.prepareQuantizedConv2d(head),
    first: kernels.prepareAdder2d(first),
    second: kernels.prepareAdder2d(second),
    tail: kernels.prepareSubpixelConv2d(tail),
  };
  try {
    await kernels.run([
      { layer: prepared.head, x, ...shape, y: a },
      { layer: prepared.first, x: a, ...shape, y: b },
      { layer: prepared.second, x: b, ...shape, residual: a, y: c },
      { layer: prepared.tail, x: c, skip: x, ...shape, y },
    ]);
    return y;
  } finally {
    for (const layer of Object.values(prepared)) layer.dispose();
  }
}

/** The same for a GPU. */
export interface GpuSelfTest {
  readonly picture: Float32Array;
  readonly input: GPUBuffer;
  readonly steps: readonly GpuStep[];
  readonly output: GPUBuffer;
  readonly outputBytes: number;
  dispose(): void;
}

export function selfTestOnGpu(programs: GpuPrograms, size: SelfTestSize): GpuSelfTest {
  const { head, first, second, tail } = layers();
  const area = size.width * size.height;
  const codes = [0, 1, 2].map(() => programs.buffer(area * CHANNELS, 'self-test'));
  const [a, b, c] = codes.map((buffer) => ({ buffer }));
  const input = programs.buffer(4 * area, 'self-test');
  const outputBytes = 4 * area * SCALE ** 2;
  const output = programs.buffer(outputBytes, 'self-test');
  if (!a || !b || !c) throw new Error('Expected three buffers.');
  const prepared = {
    head: new GpuQuantizedConv2d(programs, head),
    first: new GpuAdder2d(programs, first),
    second: new GpuAdder2d(programs, second),
    tail: new GpuSubpixelConv2d(programs, tail),
  };
  const shape = { n: 1, h: size.height, w: size.width };
  const steps = [
    prepared.head.bind({ x: { buffer: input }, ...shape, y: a }),
    prepared.first.bind({ x: a, ...shape, y: b }),
    prepared.second.bind({ x: b, ...shape, residual: a, y: c }),
    prepared.tail.bind({ x: c, skip: { buffer: input }, ...shape, y: { buffer: output } }),
  ];
  return {
    picture: picture(size),
    input,
    steps,
    output,
    outputBytes,
    dispose: () => {
      for (const layer of Object.values(prepared)) layer.dispose();
      for (const buffer of [...codes, input, output]) buffer.destroy();
      for (const step of steps) step.uniforms.destroy();
    },
  };
}
