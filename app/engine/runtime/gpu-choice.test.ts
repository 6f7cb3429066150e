import { describe, expect, it } from 'vitest';
import { selfTestOnCpu } from '../../../kernels/webgpu';
import { DeviceError } from '../../shared';
import type { AdapterFacts, Gpu, OpenGpu, SelfTestResult } from './backends/webgpu';
import { adapterFor, judgeAdapter, verdictAtSight } from './gpu-choice';
import { processKernels } from './process-kernels';

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

/** A card whose self-test gives what `answer` says. */
function card(answer: (right: Float32Array) => Promise<SelfTestResult>): Gpu {
  const device = {
    selfTest: async (size: { width: number; height: number }) =>
      answer(await selfTestOnCpu(processKernels(), size)),
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

  it('and left where one value differs in its last bit', async () => {
    const wrong = async (right: Float32Array): Promise<SelfTestResult> => {
      const output = right.slice();
      const bits = new Uint32Array(output.buffer);
      bits[77]! ^= 1;
      return { output, seconds: 1e-6 };
    };
    expect(await judged(card(wrong))).toMatchObject({
      ...{ fit: false, right: false },
      why: 'Card gives other results than the processor (value 77).',
    });
  });

  it('and left where it fails', async () => {
    const lost = async (): Promise<SelfTestResult> => {
      throw new DeviceError('device-lost', 'The graphics card was lost: reset.');
    };
    expect((await judged(card(lost))).why).toBe('Card could not be used: The graphics card was lost: reset.');
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
