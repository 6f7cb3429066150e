import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { gpuEnvironment, testGpu } from '../../../../../tests/support/gpu';
import { toyNetwork } from '../../../../../tests/support/toy-network';
import { processKernels } from '../../process-kernels';
import { modelsOf, readModelFile } from '../../manifest';
import { kernelOperators } from '../../operators';
import type { HostTensor } from '../../tensor';
import { HybridSession } from '../cpu';
import { GpuDevice, GpuSession, NodeHost } from '.';
import { parseAdapterNames } from './node-host';
import { planSlots, type Lifetime } from './slots';
import fc from 'fast-check';

Object.assign(process.env, gpuEnvironment());
const host = (await testGpu()) && (await NodeHost.load());
const adapters = (await host?.list()) ?? [];
const opened: GpuDevice[] = [];

async function openDevice(): Promise<GpuDevice> {
  const adapter = await adapters[0]?.request();
  if (!adapter) throw new Error('Expected an adapter.');
  const gpu = await GpuDevice.open(adapter, { name: adapters[0]!.facts.name });
  opened.push(gpu);
  return gpu;
}

async function openSession(gpu: GpuDevice, model: Uint8Array): Promise<GpuSession> {
  return GpuSession.create(gpu, model, () => host!.loadRuntime());
}

afterEach(() => {
  for (const gpu of opened.splice(0)) gpu.close();
});

/** One size again, then another. */
const SIZES = [
  [21, 13],
  [21, 13],
  [24, 9],
] as const;

function picture(width: number, height: number, seed: number, channels = 1): HostTensor {
  const data = Float32Array.from({ length: channels * width * height }, (_, index) => {
    const noise = Math.sin(index * 12.9898 + seed) * 43758.5453;
    const smooth = 0.5 + 0.3 * Math.sin((index % width) / 9 + seed) * Math.cos(index / width / 7);
    return Math.round(255 * (0.85 * smooth + 0.15 * (noise - Math.floor(noise)))) / 255;
  });
  return { type: 'float32', dims: [1, channels, height, width], data };
}

describe('adapter names', () => {
  it('are read from what Dawn says', () => {
    const message =
      "no suitable backends found\nAvailable adapters:\n * backend: 'vulkan', name: 'NVIDIA H100 80GB HBM3'\n * backend: 'vulkan', name: 'llvmpipe (LLVM 15.0.6, 256 bits)'\n * backend: 'opengl', name: 'NVIDIA H100 80GB HBM3'";
    expect(parseAdapterNames(message)).toEqual(['NVIDIA H100 80GB HBM3', 'llvmpipe (LLVM 15.0.6, 256 bits)']);
  });
});

describe('the plan of slots', () => {
  it('gives no buffer to two values at once, and every value room enough', () => {
    const lives = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(3), fc.nat(5)), { maxLength: 20 })
      .map((list) => {
        let from = 0;
        return list.map(([bytes, later, length]): Lifetime => {
          from += later;
          return { bytes, from, to: from + length };
        });
      });
    fc.assert(
      fc.property(lives, (lifetimes) => {
        const { sizes, slots } = planSlots(lifetimes);
        for (const [a, first] of lifetimes.entries()) {
          expect(sizes[slots[a]!]).toBeGreaterThanOrEqual(first.bytes);
          for (const [b, second] of lifetimes.slice(0, a).entries())
            if (first.from <= second.to && second.from <= first.to) expect(slots[a]).not.toBe(slots[b]);
        }
      }),
    );
  });

  it('holds a chain of residual blocks in three buffers', () => {
    const lives = [0, 1, 2, 3, 4, 5, 6].map((from) => ({
      bytes: 8,
      from,
      to: from + (from % 2 === 0 ? 2 : 1),
    }));
    expect(planSlots(lives).sizes).toHaveLength(3);
  });
});

describe.skipIf(adapters.length === 0)('a hybrid session on the GPU', () => {
  const models =
    adapters.length === 0
      ? []
      : [
          'addersr-fast-x2',
          'addersr-fast-x3',
          'addersr-light-x2',
          'addersr-standard-x4',
          'addersr-restore-light-x2',
        ];

  it.each(models)('gives what the processor gives, bit for bit: %s', async (name) => {
    const model = (await modelsOf('enhance')).find(({ manifest }) => manifest.name === name)!;
    const bytes = await readModelFile(model.folder, model.manifest);
    const kernels = processKernels();
    const cpu = await HybridSession.create(bytes, { threads: 1, operators: kernelOperators(kernels) });
    const gpu = await openDevice();
    const session = await openSession(gpu, bytes);
    for (const [width, height] of SIZES) {
      const feeds = { y: picture(width, height, width) };
      const wanted = (await cpu.run(feeds))['y_up']!;
      const got = (await session.run(feeds))['y_up'] as HostTensor;
      expect(got.dims).toEqual(wanted.dims);
      expect(got.data).toEqual(wanted.data);
    }
    await session.close();
    await cpu.close();
  });

  it('runs what is standard by onnxruntime on the same device', async () => {
    const { model, manifest } = toyNetwork();
    const gpu = await openDevice();
    const session = await openSession(gpu, model);
    const cpu = await HybridSession.create(model, {
      threads: 1,
      operators: kernelOperators(processKernels()),
    });
    for (const [width, height] of [
      [16, 8],
      [16, 8],
      [24, 16],
    ] as const) {
      const names = [...manifest.inputs.map(({ name }) => name), 'state.frame', 'state.middle'];
      const feeds = Object.fromEntries(names.map((name, index) => [name, picture(width, height, index, 3)]));
      const wanted = await cpu.run(feeds);
      const got = (await session.run(feeds)) as Record<string, HostTensor>;
      for (const [name, { dims, data }] of Object.entries(wanted)) {
        expect(got[name]!.dims).toEqual(dims);
        for (let at = 0; at < data.length; at++)
          expect(Math.abs(Number(got[name]!.data[at]) - Number(data[at]))).toBeLessThan(1e-5);
      }
    }
    await session.close();
    await cpu.close();
  });
});

afterAll(() => {
  for (const gpu of opened) gpu.close();
});
