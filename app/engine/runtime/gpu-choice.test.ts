import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../tests/support/gpu';
import { SELF_TESTS, type SelfTestName } from '../../../kernels/webgpu';
import { DeviceError } from '../../shared';
import { HybridSession } from './backends/cpu';
import type { AdapterFacts, Gpu, OpenGpu, SelfTestResult } from './backends/webgpu';
import { adapterFor, judgeAdapter, judgeNetworks, verdictAtSight } from './gpu-choice';
import { kernelOperators } from './operators';
import { processGpu } from './process-gpu';
import { processKernels } from './process-kernels';
import type { HostTensor } from './tensor';

const found = await testGpu();

function factsOf(name: string, software = false): AdapterFacts {
  return {
    name,
    driver: 'driver 1.2',
    software,
    halfFloats: true,
    timestamps: true,
    maxBufferBytes: 2 ** 30,
  };
}

/** A card whose self-tests give what `answer` says. */
function card(answer: (right: Float32Array, name: SelfTestName) => Promise<SelfTestResult>): Gpu {
  const device = {
    selfTest: async (name: SelfTestName, size: { width: number; height: number }) =>
      answer(await SELF_TESTS[name].onCpu(processKernels(), size), name),
    close: async () => undefined,
  } as unknown as OpenGpu;
  return { adapters: async () => [], open: async () => device };
}

const judged = (gpu: Gpu) => judgeAdapter(gpu, factsOf('Card'), processKernels());

describe('a graphics card is tried', () => {
  it('and taken where it gives the processor’s results sooner', async () => {
    const verdict = await judged(card(async (output) => ({ output, seconds: 1e-6 })));
    expect(verdict).toMatchObject({ fit: true, right: true });
    expect(verdict.why).toContain('sooner');
  });

  it('and left where it is slower', async () => {
    const verdict = await judged(card(async (output) => ({ output, seconds: 1000 })));
    expect(verdict).toMatchObject({ fit: false, right: true });
    expect(verdict.why).toContain('takes longer than the processor');
  });

  const names = Object.keys(SELF_TESTS) as SelfTestName[];
  it.each(names)('and left where a value of its %s is another', async (wrongOne) => {
    const { tolerance, what } = SELF_TESTS[wrongOne];
    const wrong = async (right: Float32Array, name: SelfTestName): Promise<SelfTestResult> => {
      const output = right.slice();
      // By its last bit, where all of them have to agree.
      if (name === wrongOne && tolerance === 0) new Uint32Array(output.buffer)[33]! ^= 1;
      if (name === wrongOne && tolerance > 0) output[33]! += 2 * tolerance;
      return { output, seconds: 1e-6 };
    };
    expect(await judged(card(wrong))).toMatchObject({
      ...{ fit: false, right: false },
      why: `Card gives other results than the processor (${what}, value 33).`,
    });
  });

  it('and left where it gives nothing', async () => {
    const nothing = async (): Promise<SelfTestResult> => ({ output: new Float32Array(0), seconds: 1e-6 });
    expect(await judged(card(nothing))).toMatchObject({ right: false });
  });

  it('and left where it fails', async () => {
    const lost = async (): Promise<SelfTestResult> => {
      throw new DeviceError('device-lost', 'The graphics card was lost: reset.');
    };
    expect((await judged(card(lost))).why).toBe('Card could not be used: The graphics card was lost: reset.');
  });

  it('for networks of onnxruntime’s by a small one of these, too', async () => {
    const before = { facts: factsOf('Card'), fit: true, right: true, why: 'It is sooner.' };
    const giving = (change: (data: Float32Array) => void): Gpu => ({
      adapters: async () => [],
      open: async () =>
        ({
          openModel: async (model: Uint8Array) => {
            const operators = kernelOperators(processKernels());
            const session = await HybridSession.create(model, { threads: 1, operators });
            const run = async (feeds: Record<string, HostTensor>) => {
              const results = await session.run(feeds);
              change(results['y']!.data as Float32Array);
              return results;
            };
            return { run, close: () => session.close() };
          },
          close: async () => undefined,
        }) as unknown as OpenGpu,
    });
    const kernels = processKernels();
    expect(
      await judgeNetworks(
        giving(() => undefined),
        before,
        kernels,
      ),
    ).toBe(before);
    const wrong = giving((data) => (data[5]! += 0.01));
    expect(await judgeNetworks(wrong, before, kernels)).toMatchObject({
      ...{ fit: false, right: false },
      why: 'Card gives other results than the processor (a network of onnxruntime’s, value 5).',
    });
    const none = giving((data) => data.fill(NaN));
    expect(await judgeNetworks(none, before, kernels)).toMatchObject({ right: false });
  });

  it.skipIf(!found)('and a program that stands for one gives all results', { timeout: 200_000 }, async () => {
    const [facts] = await processGpu().adapters();
    expect(await processGpu().judge(facts!, 'all-layers')).toMatchObject({
      ...{ right: true, fit: false },
      why: "It gives the processor's results.",
    });
  });

  it('but a program that stands for one is known at sight', () => {
    expect(verdictAtSight(factsOf('llvmpipe', true))).toMatchObject({ fit: false });
    expect(verdictAtSight(factsOf('Card'))).toBeNull();
  });
});

describe('a wish for a graphics card', () => {
  const cards = ['NVIDIA GeForce RTX 4070', 'Intel Arc A770', 'Intel UHD 770'].map((name) => factsOf(name));

  it('is a part of its name in any case, or its number', () => {
    expect(adapterFor(cards, 'geforce')?.name).toBe('NVIDIA GeForce RTX 4070');
    expect(adapterFor(cards, 'intel')?.name).toBe('Intel Arc A770');
    expect(adapterFor(cards, '3')?.name).toBe('Intel UHD 770');
    expect(adapterFor(cards, 'Radeon')).toBeNull();
    expect(adapterFor(cards, '770')?.name).toBe('Intel Arc A770');
  });
});
