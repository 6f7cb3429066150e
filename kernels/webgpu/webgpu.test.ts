import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readBuffer, testDevice, testGpu } from '../../tests/support/gpu';
import { loadKernels, type Kernels, type PictureCoding } from '..';
import { ADDER2D_CASES, adder2dData, type Adder2dCase, type Adder2dData } from '../adder2d/cases';
import { DYNAMIC_FILTER2D_CASES, dynamicFilter2dData } from '../dynamic-filter2d/cases';
import { POINT_HEAD_CASES, pointHeadData } from '../point-head/cases';
import { QUANTIZED_CONV2D_CASES, quantizedConv2dData } from '../quantized-conv2d/cases';
import { SUBPIXEL_CONV2D_CASES, subpixelConv2dData } from '../subpixel-conv2d/cases';
import { random } from '../adder2d/cases';
import {
  codesToFloatStep,
  encodeSteps,
  floatToCodesStep,
  GpuAdder2d,
  GpuColour,
  GpuDynamicFilter2d,
  GpuPointHead,
  GpuPrograms,
  GpuQuantizedConv2d,
  GpuResize,
  GpuSubpixelConv2d,
  type GpuPlane,
  type GpuStep,
} from '.';
import { adder2dVariant, type Adder2dVariant } from './variants';
import { adder2dLayer } from '../adder2d/attributes';

const found = await testGpu();
const device = found ? await testDevice(found) : null;
const programs = device ? new GpuPrograms(device) : null;
const cpu = loadKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`webgpu: seed ${seed}, ${found?.adapter.info.description ?? 'no adapter'}`);

afterAll(() => {
  device?.destroy();
});

const FILL = 0xa5;

/** The test's own GPU; these tests are skipped where there is none. */
function gpu(): { readonly device: GPUDevice; readonly programs: GpuPrograms } {
  if (!device || !programs) throw new Error('Expected a GPU.');
  return { device, programs };
}

function buffer(data: ArrayBufferView): GPUBuffer {
  const made = gpu().programs.buffer(data.byteLength);
  const bytes = new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  gpu().device.queue.writeBuffer(made, 0, bytes);
  return made;
}

/** A buffer for `bytes` bytes with something else in it, and more behind them. */
function output(bytes: number): GPUBuffer {
  return buffer(new Uint8Array(bytes + 64).fill(FILL));
}

async function run(steps: readonly GpuStep[], target: GPUBuffer, bytes: number): Promise<Uint8Array> {
  const encoder = gpu().device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  encodeSteps(pass, steps);
  pass.end();
  gpu().device.pushErrorScope('validation');
  gpu().device.queue.submit([encoder.finish()]);
  const error = await gpu().device.popErrorScope();
  expect(error?.message).toBeUndefined();
  const all = await readBuffer(gpu().device, target, bytes + 64);
  // A last word may hold more codes than there are.
  expect(all.subarray(Math.ceil(bytes / 4) * 4).every((byte) => byte === FILL)).toBe(true);
  return all.subarray(0, bytes);
}

function expectSame(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  what: string,
  tolerance: (value: number) => number = () => 0,
): void {
  expect(actual.length).toBe(wanted.length);
  for (let at = 0; at < wanted.length; at++) {
    const [value, other] = [actual[at]!, wanted[at]!];
    if (!Object.is(value, other) && !(Math.abs(value - other) <= tolerance(other)))
      expect.fail(`${what}, seed ${seed}: element ${at} is ${value} and should be ${other}`);
  }
}

const floats = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer);

async function adderOnGpu(
  shape: Adder2dCase,
  data: Adder2dData,
  variant: Adder2dVariant,
): Promise<ArrayLike<number>> {
  const layer = new GpuAdder2d(gpu().programs, data.description, variant);
  const bytes = data.outputs * (shape.to === 'float32' ? 4 : 1);
  const y = output(bytes);
  const { n, h, w } = shape;
  const step = layer.bind({
    x: { buffer: buffer(data.x) },
    ...{ n, h, w },
    ...(data.residual ? { residual: { buffer: buffer(data.residual) } } : {}),
    y: { buffer: y },
  });
  const result = await run([step], y, bytes);
  layer.dispose();
  return shape.to === 'float32' ? floats(result) : result;
}

async function adderOnCpu(
  kernels: Kernels,
  shape: Adder2dCase,
  data: Adder2dData,
): Promise<ArrayLike<number>> {
  const layer = kernels.prepareAdder2d(data.description);
  const y = shape.to === 'float32' ? new Float32Array(data.outputs) : new Uint8Array(data.outputs);
  const { n, h, w } = shape;
  await kernels.run([
    { layer, x: data.x, n, h, w, ...(data.residual ? { residual: data.residual } : {}), y },
  ]);
  layer.dispose();
  return y;
}

/** Every version that this adapter runs for a layer, the chosen one first. */
function variants(data: Adder2dData): Adder2dVariant[] {
  const layer = adder2dLayer(data.description);
  const { abilities } = gpu().programs;
  const chosen = adder2dVariant(layer, abilities);
  if (chosen.name === 'generic') return [chosen];
  return [chosen, adder2dVariant(layer, { ...abilities, halfFloats: false }), { name: 'generic' }];
}

async function expectAdder(shape: Adder2dCase): Promise<void> {
  const data = adder2dData(shape, seed);
  const wanted = await adderOnCpu(cpu, shape, data);
  const tolerance = (value: number): number => {
    if (shape.power === undefined) return 0;
    return shape.to === 'float32' ? Math.abs(value) * 1e-5 : 1;
  };
  for (const variant of variants(data)) {
    const what = `${JSON.stringify(variant)} ${JSON.stringify(shape)}`;
    expectSame(await adderOnGpu(shape, data, variant), wanted, what, tolerance);
  }
}

describe.skipIf(!device)('kernels on the GPU', () => {
  it.each(ADDER2D_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'Adder2d gives the processor’s bytes: %s',
    async (_, shape) => {
      await expectAdder(shape);
    },
  );

  it('Adder2d gives the processor’s bytes for random shapes that are cut into tiles', async () => {
    const anything = fc.record<Adder2dCase>({
      n: fc.integer({ min: 1, max: 2 }),
      h: fc.integer({ min: 1, max: 20 }),
      w: fc.integer({ min: 1, max: 70 }),
      cin: fc.integer({ min: 1, max: 20 }).map((count) => 4 * count),
      cout: fc.integer({ min: 1, max: 9 }).map((count) => 8 * count),
      k: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
      pads: fc.tuple(fc.nat(6), fc.nat(6), fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 6 })),
      padCode: fc.nat(255),
      residual: fc.boolean(),
      activation: fc.constantFrom('none', 'relu', 'prelu'),
      yZeroPoint: fc.nat(255),
    });
    await fc.assert(fc.asyncProperty(anything, expectAdder), { seed, numRuns: 12 });
  });

  it.each(QUANTIZED_CONV2D_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'QuantizedConv2d gives the processor’s bytes: %s',
    async (_, shape) => {
      const { description, x, outputs } = quantizedConv2dData(shape, seed);
      x[0] = NaN;
      const { n, h, w } = shape;
      const wanted = new Uint8Array(outputs);
      await cpu.run([{ layer: cpu.prepareQuantizedConv2d(description), x, n, h, w, y: wanted }]);
      const y = output(outputs);
      const layer = new GpuQuantizedConv2d(gpu().programs, description);
      const step = layer.bind({ x: { buffer: buffer(x) }, n, h, w, y: { buffer: y } });
      expectSame(await run([step], y, outputs), wanted, JSON.stringify(shape));
    },
  );

  it.each(SUBPIXEL_CONV2D_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'SubpixelConv2d gives the processor’s bits: %s',
    async (_, shape) => {
      const { description, x, skip, outputs } = subpixelConv2dData(shape, seed);
      const { n, h, w } = shape;
      const wanted = new Float32Array(outputs);
      await cpu.run([{ layer: cpu.prepareSubpixelConv2d(description), x, skip, n, h, w, y: wanted }]);
      const y = output(4 * outputs);
      const layer = new GpuSubpixelConv2d(gpu().programs, description);
      const step = layer.bind({
        x: { buffer: buffer(x) },
        skip: { buffer: buffer(skip) },
        ...{ n, h, w },
        y: { buffer: y },
      });
      expectSame(floats(await run([step], y, 4 * outputs)), wanted, JSON.stringify(shape));
    },
  );

  it('DynamicFilter2d agrees with the processor but for the last bits of a division', async () => {
    for (const shape of DYNAMIC_FILTER2D_CASES) {
      const { x, logits, outputs } = dynamicFilter2dData(shape, seed);
      const { n, c, h, w } = shape;
      const wanted = new Float32Array(outputs);
      await cpu.run([{ layer: cpu.prepareDynamicFilter2d(shape), x, logits, n, c, h, w, y: wanted }]);
      const y = output(4 * outputs);
      const step = new GpuDynamicFilter2d(gpu().programs, shape).bind({
        x: { buffer: buffer(x) },
        logits: { buffer: buffer(logits) },
        ...{ n, c, h, w },
        y: { buffer: y },
      });
      // Features lie in −2 … 2.
      expectSame(floats(await run([step], y, 4 * outputs)), wanted, JSON.stringify(shape), () => 2e-6);
    }
  });

  it('PointHead gives the processor’s bits', async () => {
    for (const shape of POINT_HEAD_CASES) {
      const { description, work } = pointHeadData(shape, seed);
      const layer = cpu.preparePointHead(description);
      await cpu.run([{ layer, ...work }]);
      const y = output(4 * work.count);
      const step = new GpuPointHead(gpu().programs, description).bind({
        maps: work.maps.map(({ data, h, w }) => ({ buffer: buffer(data), h, w })),
        points: { buffer: buffer(work.points) },
        shape: { buffer: buffer(work.shape) },
        count: work.count,
        y: { buffer: y },
      });
      expectSame(floats(await run([step], y, 4 * work.count)), work.y, JSON.stringify(shape));
    }
  });

  const codes = (count: number, bits: number): Uint8Array | Uint16Array => {
    const next = random(seed + count);
    const code = (): number =>
      next() < 0.3 ? (next() < 0.5 ? 0 : 2 ** bits - 1) : Math.floor(next() * 2 ** bits);
    return bits > 8 ? Uint16Array.from({ length: count }, code) : Uint8Array.from({ length: count }, code);
  };
  const planeOf = (data: GPUBuffer, width: number, height: number, bits: number): GpuPlane => ({
    codes: { buffer: data },
    ...{ width, height },
    wide: bits > 8,
  });

  it('resizes planes to the processor’s codes', async () => {
    for (const [width, height, toWidth, toHeight, bits] of [
      [7, 5, 13, 11, 8],
      [33, 9, 66, 18, 8],
      [33, 9, 17, 4, 10],
      [1, 1, 3, 2, 16],
      [20, 31, 41, 30, 12],
    ] as const) {
      const source = codes(width * height, bits);
      const target = bits > 8 ? new Uint16Array(toWidth * toHeight) : new Uint8Array(toWidth * toHeight);
      const options = { phaseX: 0.25, phaseY: -0.125, maxCode: 2 ** bits - 1 };
      await cpu.resizeBicubic(source, width, height, target, toWidth, toHeight, options);
      const y = output(target.byteLength);
      const resize = new GpuResize(
        gpu().programs,
        planeOf(buffer(source), width, height, bits),
        planeOf(y, toWidth, toHeight, bits),
        options,
      );
      const bytes = await run(resize.steps, y, target.byteLength);
      expectSame(
        bits > 8 ? new Uint16Array(bytes.slice().buffer) : bytes,
        target,
        `${width}×${height}, ${bits} bits`,
      );
      resize.dispose();
    }
  });

  it('takes a window of codes to floats and what a tile keeps back to codes, touching nothing else', async () => {
    const [width, height] = [13, 9];
    const window = { x: 3, y: 2, width: 7, height: 5 };
    const keep = { x: 5, y: 3, width: 3, height: 4 };
    for (const bits of [8, 10]) {
      const source = codes(width * height, bits);
      const most = 2 ** bits - 1;
      const [scale, offset] = [0.00387, 0.0117];
      const samples = new Float32Array(window.width * window.height);
      const cut = Array.from(samples, (_, index) => {
        const row = window.y + Math.floor(index / window.width);
        return source[row * width + window.x + (index % window.width)]!;
      });
      const cutCodes = bits > 8 ? Uint16Array.from(cut) : Uint8Array.from(cut);
      await cpu.planeToFloat(cutCodes, samples, scale, offset);
      const tile = output(samples.byteLength);
      const plane = planeOf(buffer(source), width, height, bits);
      const toFloat = codesToFloatStep(gpu().programs, plane, window, { buffer: tile }, scale, offset);
      expectSame(floats(await run([toFloat], tile, samples.byteLength)), samples, 'to float');

      samples[10] = Infinity;
      samples[11] = NaN;
      samples[12] = -3;
      samples[24] = 9;
      const wantedTile = bits > 8 ? new Uint16Array(samples.length) : new Uint8Array(samples.length);
      await cpu.floatToPlane(samples, wantedTile, 1 / scale, -offset / scale, 0, most);
      const target = codes(width * height, bits);
      const wanted = target.slice();
      for (let row = 0; row < keep.height; row++)
        for (let column = 0; column < keep.width; column++)
          wanted[(keep.y + row) * width + keep.x + column] =
            wantedTile[(keep.y - window.y + row) * window.width + keep.x - window.x + column]!;
      const guarded = new Uint8Array(target.byteLength + 64).fill(FILL);
      guarded.set(new Uint8Array(target.buffer));
      const y = buffer(guarded);
      const odd = buffer(new Uint32Array(1));
      const back = floatToCodesStep(gpu().programs, planeOf(y, width, height, bits), {
        samples: { buffer: buffer(samples) },
        tileWidth: window.width,
        tileX: keep.x - window.x,
        tileY: keep.y - window.y,
        keep,
        ...{ scale: 1 / scale, offset: -offset / scale, most },
        odd: { buffer: odd },
      });
      const bytes = await run([back], y, target.byteLength);
      expectSame(bits > 8 ? new Uint16Array(bytes.slice().buffer) : bytes, wanted, `to codes, ${bits} bits`);
      expect((await readBuffer(gpu().device, odd, 4))[0]).toBe(2);
    }
  });

  it('takes YCbCr of every layout to red, green and blue and back as the processor does, bit for bit', async () => {
    for (const [width, height, shiftX, shiftY, siteX, siteY, bits, full, grey] of [
      [21, 13, 1, 1, 0, 0.5, 8, false, false],
      [20, 12, 1, 1, 0.5, 0.5, 10, false, false],
      [9, 7, 1, 0, 0, 0, 10, true, false],
      [8, 6, 1, 1, 1, 1, 8, true, false],
      [7, 5, 0, 0, 0, 0, 12, false, false],
      [1, 1, 1, 1, 0, 0, 8, false, false],
      [11, 3, 0, 0, 0, 0, 16, true, true],
    ] as const) {
      const unit = 2 ** (bits - 8);
      const most = 2 ** bits - 1;
      const coding: PictureCoding = {
        ...{ width, height, chromaShiftX: shiftX, chromaShiftY: shiftY, siteX, siteY },
        ...{ red: 0.2126, blue: 0.0722, black: full ? 0 : 16 * unit, white: full ? most : 235 * unit },
        ...{ chromaZero: 128 * unit, chromaSpan: full ? most : 224 * unit, most },
      };
      const chroma = ((width + shiftX) >> shiftX) * ((height + shiftY) >> shiftY);
      const planes = [width * height, ...(grey ? [] : [chroma, chroma])].map((count) => codes(count, bits));
      const what = JSON.stringify(coding);
      const rgb = new Float32Array(3 * width * height);
      await cpu.planesToRgb(planes, rgb, coding);
      const target = output(rgb.byteLength);
      const bound = planes.map((plane) => ({ buffer: buffer(plane) }));
      const picture = { planes: bound, rgb: { buffer: target }, wide: bits > 8 };
      const toRgb = GpuColour.toRgb(gpu().programs, coding, picture);
      expectSame(floats(await run(toRgb.steps, target, rgb.byteLength)), rgb, `to RGB ${what}`);
      toRgb.dispose();

      // Other colours than codes give, too.
      const next = random(seed);
      const colours = rgb.map((value) => Math.fround(value + 0.2 * next() - 0.1));
      colours[0] = Infinity;
      const wanted = planes.map((plane) => plane.slice());
      expect(await cpu.rgbToPlanes(colours, wanted, coding)).toBe(1);
      const made = planes.map((plane) => output(plane.byteLength));
      const odd = buffer(new Uint32Array(1));
      const back = GpuColour.toPlanes(
        gpu().programs,
        coding,
        { planes: made.map((one) => ({ buffer: one })), rgb: { buffer: buffer(colours) }, wide: bits > 8 },
        { buffer: odd },
      );
      for (const [index, plane] of wanted.entries()) {
        const steps = index === 0 ? back.steps : [];
        const bytes = await run(steps, made[index]!, plane.byteLength);
        expectSame(bits > 8 ? new Uint16Array(bytes.slice().buffer) : bytes, plane, `plane ${index} ${what}`);
      }
      expect((await readBuffer(gpu().device, odd, 4))[0]).toBe(1);
      back.dispose();
    }
  });
});
