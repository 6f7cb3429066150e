import onnxProto from 'onnx-proto';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ADDER2D_BENCH, adder2dData, random, type Adder2dCase } from './adder2d/cases';
import { medianSeconds, type Contender, type KernelBenchOptions, type KernelBenchRow } from './bench-rounds';
import { compiledKernels, loadKernels } from './binding/load';
import type { IsaName } from './binding/implementation';
import { benchMotion } from './dense-inverse-search/bench';
import { benchDynamicFilter } from './dynamic-filter2d/bench';
import { benchPointHead } from './point-head/bench';
import { QUANTIZED_CONV2D_BENCH, quantizedConv2dData } from './quantized-conv2d/cases';
import { SUBPIXEL_CONV2D_BENCH, subpixelConv2dData } from './subpixel-conv2d/cases';

const UNIT = 'G ops/s';

/**
 * Adder layers on every instruction set of this machine against onnxruntime's convolution of the same shape
 * in floats and in 8 bits, in turns, on one thread and on all; then a network's head and tail, with all that they do
 * besides, against the convolution in floats alone. An operation is one |x − w| or one multiplication, with its
 * addition. Last, dynamic filters, point heads, motion estimation and warps against the portable kernels.
 */
export async function benchKernels(options: KernelBenchOptions = {}): Promise<readonly KernelBenchRow[]> {
  const rows: KernelBenchRow[] = [];
  const all = loadKernels().threads;
  for (const shape of ADDER2D_BENCH)
    for (const threads of new Set([1, all])) rows.push(...(await benchShape(shape, threads, options)));
  for (const threads of new Set([1, all])) {
    rows.push(...(await benchHead(threads, options)));
    rows.push(...(await benchTail(threads, options)));
  }
  for (const threads of new Set([1, all])) {
    rows.push(...(await benchDynamicFilter(threads, options)));
    rows.push(...(await benchPointHead(threads, options)));
  }
  for (const threads of new Set([1, all])) rows.push(...(await benchMotion(threads, options)));
  loadKernels().setThreads(all);
  return rows;
}

async function benchShape(
  shape: Adder2dCase,
  threads: number,
  options: KernelBenchOptions,
): Promise<readonly KernelBenchRow[]> {
  const codes = adder2dData(shape, 1).description.w;
  return compare('Adder2d', shape, threads, options, {
    kernels: compiledKernels().map((level) => adder(level, shape, threads)),
    yardsticks: await Promise.all([
      convolution('float32', shape, codes, threads),
      convolution('uint8', shape, codes, threads),
    ]),
  });
}

async function benchHead(threads: number, options: KernelBenchOptions): Promise<readonly KernelBenchRow[]> {
  const { description, x, outputs } = quantizedConv2dData(QUANTIZED_CONV2D_BENCH, 1);
  const { n, h, w } = QUANTIZED_CONV2D_BENCH;
  const shape: Adder2dCase = { ...QUANTIZED_CONV2D_BENCH, cin: 1 };
  const contender = (level: IsaName): Contender => {
    const kernels = loadKernels({ implementation: level });
    const layer = kernels.prepareQuantizedConv2d(description);
    const y = new Uint8Array(outputs);
    return contenderOf(`QuantizedConv2d, ${kernels.isa}`, layer, async () => {
      kernels.setThreads(threads);
      await kernels.run([{ layer, x, n, h, w, y }]);
    });
  };
  return compare('QuantizedConv2d', shape, threads, options, {
    kernels: compiledKernels().map(contender),
    yardsticks: [await convolution('float32', shape, randomCodes(description.w.length), threads)],
  });
}

async function benchTail(threads: number, options: KernelBenchOptions): Promise<readonly KernelBenchRow[]> {
  const { description, x, skip, outputs } = subpixelConv2dData(SUBPIXEL_CONV2D_BENCH, 1);
  const { n, h, w, blockSize } = SUBPIXEL_CONV2D_BENCH;
  const shape: Adder2dCase = { ...SUBPIXEL_CONV2D_BENCH, cout: blockSize ** 2 };
  const contender = (level: IsaName): Contender => {
    const kernels = loadKernels({ implementation: level });
    const layer = kernels.prepareSubpixelConv2d(description);
    const y = new Float32Array(outputs);
    return contenderOf(`SubpixelConv2d, ${kernels.isa}`, layer, async () => {
      kernels.setThreads(threads);
      await kernels.run([{ layer, x, skip, n, h, w, y }]);
    });
  };
  return compare('SubpixelConv2d', shape, threads, options, {
    kernels: compiledKernels().map(contender),
    yardsticks: [await convolution('float32', shape, randomCodes(description.w.length), threads)],
  });
}

function contenderOf(name: string, layer: { dispose(): void }, run: () => Promise<void>): Contender {
  return {
    name,
    run,
    close: async () => {
      layer.dispose();
    },
  };
}

function randomCodes(count: number): Uint8Array {
  const next = random(1);
  return Uint8Array.from({ length: count }, () => Math.floor(256 * next()));
}

/** Runs all contenders in turns; every kernel's speed over that of every yardstick. */
async function compare(
  operator: string,
  { h, w, cin, cout, k }: Adder2dCase,
  threads: number,
  { rounds, onProgress }: KernelBenchOptions,
  {
    kernels,
    yardsticks,
  }: { readonly kernels: readonly Contender[]; readonly yardsticks: readonly Contender[] },
): Promise<readonly KernelBenchRow[]> {
  const many = threads === 1 ? '1 thread' : `${threads} threads`;
  const group = `${operator} ${k[0]}×${k[1]}, ${cin}→${cout} channels, ${w}×${h}, ${many}`;
  onProgress?.(group);
  const seconds = await medianSeconds([...kernels, ...yardsticks], rounds);
  const operations = h * w * cout * cin * k[0] * k[1];
  const speed = (contender: Contender): number => operations / (seconds.get(contender) ?? NaN) / 1e9;
  return kernels.flatMap((contender) =>
    yardsticks.map((yardstick) => {
      const value = speed(contender);
      const baseline = { name: yardstick.name, value: speed(yardstick) };
      return { group, name: contender.name, value, unit: UNIT, baseline, ratio: value / baseline.value };
    }),
  );
}

function adder(level: IsaName, shape: Adder2dCase, threads: number): Contender {
  const kernels = loadKernels({ implementation: level });
  const { description, x, outputs } = adder2dData(shape, 1);
  const layer = kernels.prepareAdder2d(description);
  const { n, h, w } = shape;
  const y = new Uint8Array(outputs);
  return contenderOf(`Adder2d, ${kernels.isa}`, layer, async () => {
    kernels.setThreads(threads);
    await kernels.run([{ layer, x, n, h, w, y }]);
  });
}

/** onnxruntime's Conv, or QLinearConv, as a model of one node. */
async function convolution(
  type: 'float32' | 'uint8',
  shape: Adder2dCase,
  w: Uint8Array,
  threads: number,
): Promise<Contender> {
  const ort = await import('onnxruntime-node');
  const codes = randomCodes(shape.n * shape.h * shape.w * shape.cin);
  const outputs = shape.n * shape.h * shape.w * shape.cout;
  const session: InferenceSession = await ort.InferenceSession.create(convolutionModel(type, shape, w), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that spin after their run would take the processor from the next contender.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const make = (data: Uint8Array, channels: number): Tensor =>
    new ort.Tensor(type, type === 'uint8' ? data : Float32Array.from(data), [
      shape.n,
      channels,
      shape.h,
      shape.w,
    ]);
  const feeds = { x: make(codes, shape.cin) };
  const fetches = { y: make(new Uint8Array(outputs), shape.cout) };
  return {
    name: type === 'uint8' ? 'onnxruntime, QLinearConv' : 'onnxruntime, fp32 Conv',
    run: async () => {
      await session.run(feeds, fetches);
    },
    close: () => session.release(),
  };
}

function convolutionModel(type: 'float32' | 'uint8', shape: Adder2dCase, codes: Uint8Array): Uint8Array {
  const { onnx } = onnxProto;
  const { AttributeType } = onnx.AttributeProto;
  const { FLOAT, UINT8, INT8 } = onnx.TensorProto.DataType;
  const { n, h, w, cin, cout, k } = shape;
  const quantised = type === 'uint8';
  const elemType = quantised ? UINT8 : FLOAT;
  const value = (name: string, channels: number): object => ({
    name,
    type: { tensorType: { elemType, shape: { dim: [n, channels, h, w].map((dimValue) => ({ dimValue })) } } },
  });
  const scalar = (name: string, dataType: number, bytes: ArrayBufferView): object => ({
    name,
    dataType,
    dims: [],
    rawData: new Uint8Array(bytes.buffer),
  });
  const weights = quantised
    ? Int8Array.from(codes, (code) => code - 128)
    : Float32Array.from(codes, (c) => c / 255);
  const ints = (name: string, list: readonly number[]): object => ({
    name,
    type: AttributeType.INTS,
    ints: list,
  });
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'convolution',
      node: [
        {
          opType: quantised ? 'QLinearConv' : 'Conv',
          input: quantised ? ['x', 'sx', 'zx', 'w', 'sw', 'zw', 'sy', 'zy'] : ['x', 'w'],
          output: ['y'],
          attribute: [ints('kernel_shape', k), ints('pads', [k[0] >> 1, k[1] >> 1, k[0] >> 1, k[1] >> 1])],
        },
      ],
      input: [value('x', cin)],
      output: [value('y', cout)],
      initializer: [
        {
          name: 'w',
          dataType: quantised ? INT8 : FLOAT,
          dims: [cout, cin, k[0], k[1]],
          rawData: new Uint8Array(weights.buffer),
        },
        ...(quantised
          ? [
              scalar('sx', FLOAT, Float32Array.of(1 / 255)),
              scalar('zx', UINT8, Uint8Array.of(0)),
              scalar('sw', FLOAT, Float32Array.of(1 / 127)),
              scalar('zw', INT8, Int8Array.of(0)),
              scalar('sy', FLOAT, Float32Array.of(1 / 8)),
              scalar('zy', UINT8, Uint8Array.of(128)),
            ]
          : []),
      ],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}
