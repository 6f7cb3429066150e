import { adder2dData } from '../../adder2d/cases';
import type { Kernels } from '../../binding/kernels';
import { quantizedConv2dData } from '../../quantized-conv2d/cases';
import { subpixelConv2dData } from '../../subpixel-conv2d/cases';
import { GpuAdder2d } from '../adder2d';
import type { GpuPrograms } from '../program';
import { GpuQuantizedConv2d } from '../quantized-conv2d';
import { GpuSubpixelConv2d } from '../subpixel-conv2d';
import { Bench } from './bench';
import type { GpuSelfTest, SelfTest, SelfTestSize } from './self-test';

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

async function onCpu(kernels: Kernels, size: SelfTestSize): Promise<Float32Array> {
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

function onGpu(programs: GpuPrograms, size: SelfTestSize): GpuSelfTest {
  const { head, first, second, tail } = layers();
  const area = size.width * size.height;
  const bench = new Bench(programs);
  const [a, b, c] = [0, 1, 2].map(() => bench.buffer(area * CHANNELS));
  const input = bench.input(picture(size));
  const output = bench.buffer(4 * area * SCALE ** 2);
  if (!a || !b || !c) throw new Error('Expected three buffers.');
  const prepared = {
    head: bench.own(new GpuQuantizedConv2d(programs, head)),
    first: bench.own(new GpuAdder2d(programs, first)),
    second: bench.own(new GpuAdder2d(programs, second)),
    tail: bench.own(new GpuSubpixelConv2d(programs, tail)),
  };
  const shape = { n: 1, h: size.height, w: size.width };
  const steps = [
    prepared.head.bind({ x: input, ...shape, y: a }),
    prepared.first.bind({ x: a, ...shape, y: b }),
    prepared.second.bind({ x: b, ...shape, residual: a, y: c }),
    prepared.tail.bind({ x: c, skip: input, ...shape, y: output }),
  ];
  return bench.test(steps, output, area * SCALE ** 2);
}

/** A small network of made-up weights with every kind of layer of those that enlarge: the one that is timed. */
export const LAYERS: SelfTest = { what: 'layers that enlarge', tolerance: 0, onCpu, onGpu };
