import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Adder2dStep, type Kernels, type OutputType } from '..';
import { ADDER2D_CASES, adder2dData, type Adder2dCase, type Adder2dData } from './cases';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`adder2d: seed ${seed}, kernels ${levels.join(', ') || 'none'}`);

type Output = Uint8Array | Float32Array;

/** Guard elements round every output: a kernel must not write outside. */
const GUARD = 64;

function outputFor(to: OutputType, count: number): { readonly whole: Output; readonly y: Output } {
  const whole = to === 'uint8' ? new Uint8Array(count + 2 * GUARD) : new Float32Array(count + 2 * GUARD);
  whole.fill(123);
  return { whole, y: whole.subarray(GUARD, GUARD + count) };
}

async function compute(kernels: Kernels, shape: Adder2dCase, data: Adder2dData): Promise<Output> {
  const layer = kernels.prepareAdder2d(data.description);
  const { whole, y } = outputFor(data.description.to ?? 'uint8', data.outputs);
  const { n, h, w } = shape;
  await kernels.run([
    { layer, x: data.x, n, h, w, ...(data.residual ? { residual: data.residual } : {}), y },
  ]);
  layer.dispose();
  expect(whole.subarray(0, GUARD).every((value) => value === 123)).toBe(true);
  expect(whole.subarray(GUARD + data.outputs).every((value) => value === 123)).toBe(true);
  return y;
}

/** Bit for bit, but for the last bit of a power. */
function expectSame(actual: Output, wanted: Output, shape: Adder2dCase, what: string): void {
  const tolerance = (value: number): number => {
    if (shape.power === undefined) return 0;
    return shape.to === 'float32' ? Math.abs(value) * 1e-5 : 1;
  };
  const at = actual.findIndex((value, index) => {
    const other = wanted[index] ?? NaN;
    return !Object.is(value, other) && !(Math.abs(value - other) <= tolerance(other));
  });
  if (at >= 0)
    expect.fail(
      `${what}, seed ${seed}, ${JSON.stringify(shape)}: element ${at} is ${actual[at]} and should be ${wanted[at]}`,
    );
}

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

describe.skipIf(levels.length === 0)('Adder2d on every instruction set of this machine', () => {
  it.each(ADDER2D_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'gives the reference’s bytes with 1, 2 and 5 threads: %s',
    async (_, shape) => {
      const data = adder2dData(shape, seed);
      const wanted = await compute(reference, shape, data);
      for (const level of levels)
        for (const threads of [1, 2, 5]) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(threads);
          expectSame(await compute(kernels, shape, data), wanted, shape, `${level}, ${threads} threads`);
        }
    },
  );

  it('gives the reference’s bytes for random shapes and attributes', async () => {
    const anything = fc.record<Adder2dCase>({
      n: fc.integer({ min: 1, max: 2 }),
      h: fc.integer({ min: 1, max: 9 }),
      w: fc.integer({ min: 1, max: 20 }),
      cin: fc.integer({ min: 1, max: 40 }),
      cout: fc.integer({ min: 1, max: 70 }),
      k: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
      pads: fc.tuple(fc.nat(6), fc.nat(6), fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 6 })),
      strides: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      padCode: fc.nat(255),
      residual: fc.boolean(),
      activation: fc.constantFrom('none', 'relu', 'prelu'),
      yZeroPoint: fc.nat(255),
      to: fc.constantFrom('uint8', 'float32'),
    });
    await fc.assert(
      fc.asyncProperty(anything, async (shape) => {
        const data = adder2dData(shape, seed);
        const wanted = await compute(reference, shape, data);
        for (const level of levels) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(2);
          expectSame(await compute(kernels, shape, data), wanted, shape, level);
        }
      }),
      { seed, numRuns: 150 },
    );
  });

  it('runs a chain in one call, on views of one SharedArrayBuffer, with a residual in place', async () => {
    const shape: Adder2dCase = { n: 1, h: 19, w: 23, cin: 32, cout: 32, k: [3, 3], activation: 'relu' };
    const size = 19 * 23 * 32;
    const input = adder2dData(shape, seed).x;
    const chain = async (kernels: Kernels): Promise<Uint8Array> => {
      const memory = new SharedArrayBuffer(3 * size + 1);
      const [a, b, c] = [0, 1, 2].map((index) => new Uint8Array(memory, 1 + index * size, size));
      a!.set(input);
      const layers = [1, 2, 3].map((step) =>
        kernels.prepareAdder2d(adder2dData(shape, seed + step).description),
      );
      const size3d = { n: 1, h: 19, w: 23 };
      const steps: Adder2dStep[] = [
        { layer: layers[0]!, x: a!, y: b!, ...size3d },
        { layer: layers[1]!, x: b!, residual: a!, y: c!, ...size3d },
        { layer: layers[2]!, x: c!, residual: b!, y: b!, ...size3d },
      ];
      const done = kernels.run(steps);
      // Packed weights must outlive the handles while a run needs them.
      for (const layer of layers) layer.dispose();
      await done;
      return b!.slice();
    };
    const wanted = await chain(reference);
    for (const level of levels)
      expectSame(await chain(loadKernels({ implementation: level })), wanted, shape, level);
  });

  it('serves calls that come at the same time, with other work going on', async () => {
    const shape = ADDER2D_CASES[4]!;
    const data = adder2dData(shape, seed);
    const kernels = loadKernels();
    kernels.setThreads(3);
    const wanted = await compute(reference, shape, data);
    let turns = 0;
    const clock = setInterval(() => turns++, 0);
    const results = await Promise.all(Array.from({ length: 8 }, () => compute(kernels, shape, data)));
    clearInterval(clock);
    for (const y of results) expectSame(y, wanted, shape, 'at once');
    expect(turns).toBeGreaterThan(0);
  });
});

describe('Adder2d', () => {
  const published = new URL('../../tests/fixtures/adder2d-published.json', import.meta.url);

  it.skipIf(!existsSync(published))('gives PyTorch’s result for a layer of the published form', async () => {
    interface Tensor {
      readonly type: 'uint8' | 'float32';
      readonly shape: readonly number[];
      readonly data: string;
    }
    interface Fixture extends Readonly<Record<'x' | 'w' | 'scale' | 'bias' | 'y', Tensor>> {
      readonly residual?: Tensor;
      readonly attributes: {
        readonly pads: [number, number, number, number];
        readonly strides: [number, number];
        readonly pad_code: number;
        readonly residual_scale: number;
        readonly activation: 'none' | 'relu' | 'prelu';
        readonly power: number;
        readonly power_gain: number;
        readonly y_zero_point: number;
        readonly to: number;
      };
    }
    const fixture = JSON.parse(readFileSync(published, 'utf8')) as Fixture;
    const bytes = ({ data }: Tensor): Uint8Array => Uint8Array.from(Buffer.from(data, 'base64'));
    const floats = (tensor: Tensor): Float32Array => new Float32Array(bytes(tensor).buffer as ArrayBuffer);
    const [cout = 0, kH = 0, kW = 0, cin = 0] = fixture.w.shape;
    const [n = 0, h = 0, w = 0] = fixture.x.shape;
    const from = fixture.attributes;
    const description = {
      w: bytes(fixture.w),
      cout,
      kH,
      kW,
      cin,
      scale: floats(fixture.scale),
      bias: floats(fixture.bias),
      pads: from.pads,
      strides: from.strides,
      padCode: from.pad_code,
      residualScale: from.residual_scale,
      activation: from.activation,
      power: from.power,
      powerGain: from.power_gain,
      yZeroPoint: from.y_zero_point,
      to: from.to === 1 ? ('float32' as const) : ('uint8' as const),
    };
    const wanted = bytes(fixture.y);
    const residual = fixture.residual ? { residual: bytes(fixture.residual) } : {};
    for (const implementation of ['reference', ...levels] as const) {
      const kernels = loadKernels({ implementation });
      const y = new Uint8Array(wanted.length);
      await kernels.run([
        { layer: kernels.prepareAdder2d(description), x: bytes(fixture.x), n, h, w, ...residual, y },
      ]);
      const steps = y.map((code, index) => Math.abs(code - (wanted[index] ?? 0)));
      expect(Math.max(...steps), implementation).toBeLessThanOrEqual(1);
      expect(new Set(y).size).toBeGreaterThan(20);
    }
  });

  it('says what is wrong with its arguments', async () => {
    const shape = ADDER2D_CASES[3]!;
    const data = adder2dData(shape, 1);
    const kernels = loadKernels();
    const prepare = (change: object) => () => kernels.prepareAdder2d({ ...data.description, ...change });
    expect(prepare({ w: new Uint8Array(3) })).toThrow(
      'Expected a Uint8Array of 288 elements for w but received a Uint8Array of 3 elements',
    );
    expect(prepare({ padCode: 256 })).toThrow(
      'Expected a whole number from 0 to 255 for padCode but received 256',
    );
    expect(prepare({ activation: 'prelu' })).toThrow('for slope but received undefined');
    expect(prepare({ bias: Float32Array.of(0, 1, NaN, 2) })).toThrow('Expected a finite number for bias[2]');
    expect(prepare({ cin: 60_000 })).toThrow('at most 65793 terms a sum');
    const layer = kernels.prepareAdder2d({ ...data.description, pads: [0, 0, 0, 0] });
    expect(() => layer.outputShape(2, 9)).toThrow('Expected at least 3 rows for h but received 2');
    const { n, h, w } = shape;
    const y = new Uint8Array(data.outputs);
    const padded = kernels.prepareAdder2d(data.description);
    const step = { layer: padded, x: data.x, n, h, w, y };
    await expect(kernels.run([{ ...step, y: new Float32Array(y.length) }])).rejects.toThrow(
      'Expected a Uint8Array of 120 elements for y but received a Float32Array of 120 elements',
    );
    await expect(kernels.run([{ ...step, y: data.x.subarray(0, y.length) }])).rejects.toThrow(
      'memory apart from x',
    );
    await expect(reference.run([step])).rejects.toThrow(
      levels.length === 0 ? '' : 'Expected a layer that these kernels prepared for layer',
    );
    padded.dispose();
    await expect(kernels.run([step])).rejects.toThrow('not disposed of');
  });
});
