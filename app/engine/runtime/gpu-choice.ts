import type { Kernels } from '../../../kernels';
import { SELF_TESTS, type SelfTestName } from '../../../kernels/webgpu';
import { DeviceError } from '../../shared';
import { HybridSession } from './backends/cpu';
import type { AdapterFacts, Gpu, OpenGpu } from './backends/webgpu';
import { kernelOperators } from './operators';
import { onHost } from './tensor';
import { trialNetwork } from './trial-network';

/** What a card is wanted for: networks of our own layers, or those that onnxruntime computes as well. */
export type GpuUse = 'own-layers' | 'all-layers';

/** What is known of an adapter's fitness for networks. */
export interface AdapterVerdict {
  readonly facts: AdapterFacts;
  /** `auto` would take it. */
  readonly fit: boolean;
  /** Gives the processor's results, as far as it was tried. */
  readonly right: boolean;
  /** As a sentence. */
  readonly why: string;
}

/** Large enough for all of a processor's threads, and for a GPU's start to matter less. */
const SIZE = { width: 320, height: 180 } as const;
/** For kernels without compiled code and programs that stand for a GPU. */
const SMALL_SIZE = { width: 32, height: 24 } as const;
/** A driver that compiles for longer than this is not to be waited for at every start. */
const PATIENCE_MS = 20_000;
/** A program that was asked for may take its time. */
const SOFTWARE_PATIENCE_MS = 10 * PATIENCE_MS;

/** What is known of an adapter without trying it; null for one that has to be tried. */
export function verdictAtSight(facts: AdapterFacts): AdapterVerdict | null {
  if (!facts.software) return null;
  return {
    facts,
    fit: false,
    right: false,
    why: `${facts.name} is a program that computes on the processor.`,
  };
}

/** By which values of onnxruntime's layers may be apart: they lie in 0 … 1. */
const STANDARD_TOLERANCE = 1e-4;

/**
 * Tries an adapter with everything that our shaders do: it has to give what the processor gives, the layers of a network
 * sooner. The device is closed again.
 */
export async function judgeAdapter(gpu: Gpu, facts: AdapterFacts, kernels: Kernels): Promise<AdapterVerdict> {
  return withDevice(gpu, facts, async (device, inTime, verdict) => {
    const size = kernels.name === 'reference' || facts.software ? SMALL_SIZE : SIZE;
    let [onGpu, onCpu] = [0, 0];
    for (const [name, test] of Object.entries(SELF_TESTS)) {
      const got = await inTime(device.selfTest(name as SelfTestName, size));
      const start = performance.now();
      const wanted = await test.onCpu(kernels, size);
      if (name === 'layers') [onGpu, onCpu] = [got.seconds, (performance.now() - start) / 1000];
      const wrong = firstApart(got.output, wanted, test.tolerance);
      if (wrong >= 0) return verdict(false, differs(facts, test.what, wrong));
    }
    if (facts.software) return verdict(true, "It gives the processor's results.");
    const times = `${shown(onGpu)} against ${shown(onCpu)}`;
    return onGpu < onCpu
      ? verdict(true, `It gives the processor's results, sooner (${times}).`, true)
      : verdict(true, `${facts.name} takes longer than the processor (${times}).`);
  });
}

/** Tries an adapter that was judged well with a small network of onnxruntime's: its verdict then. */
export async function judgeNetworks(
  gpu: Gpu,
  before: AdapterVerdict,
  kernels: Kernels,
): Promise<AdapterVerdict> {
  const { facts } = before;
  return withDevice(gpu, facts, async (device, inTime, verdict) => {
    const { model, feeds } = trialNetwork();
    const onGpu = await inTime(device.openModel(model));
    const session = await HybridSession.create(model, { threads: 1, operators: kernelOperators(kernels) });
    try {
      const [got, wanted] = [await inTime(onGpu.run(feeds)), await session.run(feeds)];
      for (const [name, { data }] of Object.entries(wanted)) {
        const result = got[name];
        const wrong = firstApart(result ? onHost(result).data : [], data, STANDARD_TOLERANCE);
        if (wrong >= 0) return verdict(false, differs(facts, 'a network of onnxruntime’s', wrong));
      }
      return before;
    } finally {
      await session.close();
      await onGpu.close();
    }
  });
}

type Verdict = (right: boolean, why: string, fit?: boolean) => AdapterVerdict;
type InTime = <T>(promise: Promise<T>) => Promise<T>;

/** What `judge` says of an adapter's device; that it could not be used where it fails, however, or does not answer. */
async function withDevice(
  gpu: Gpu,
  facts: AdapterFacts,
  judge: (device: OpenGpu, inTime: InTime, verdict: Verdict) => Promise<AdapterVerdict>,
): Promise<AdapterVerdict> {
  const patience = facts.software ? SOFTWARE_PATIENCE_MS : PATIENCE_MS;
  const withPatience: InTime = (promise) => inTime(promise, patience);
  const verdict: Verdict = (right, why, fit = false) => ({ facts, fit, right, why });
  let device: OpenGpu | null = null;
  try {
    device = await withPatience(gpu.open(facts.name));
    return await judge(device, withPatience, verdict);
  } catch (error) {
    // onnxruntime and drivers throw what they like, and the processor is there.
    const why = error instanceof Error ? error.message : String(error);
    return verdict(false, `${facts.name} could not be used: ${why}`);
  } finally {
    await device?.close();
  }
}

function differs({ name }: AdapterFacts, what: string, value: number): string {
  return `${name} gives other results than the processor (${what}, value ${value}).`;
}

/** The first value that is too far from the one wanted; −1 where none is. */
function firstApart(
  got: ArrayLike<number | bigint>,
  wanted: ArrayLike<number | bigint>,
  tolerance: number,
): number {
  for (let at = 0; at < wanted.length; at++)
    if (!(Math.abs(Number(got[at]) - Number(wanted[at])) <= tolerance)) return at;
  return got.length === wanted.length ? -1 : wanted.length;
}

/** The adapter that a text means: its number from 1 on, or a part of its name, whatever the case; null where it means none. */
export function adapterFor(adapters: readonly AdapterFacts[], wish: string): AdapterFacts | null {
  const number = /^\d+$/.test(wish) ? Number(wish) : 0;
  const text = wish.toLowerCase();
  return adapters[number - 1] ?? adapters.find(({ name }) => name.toLowerCase().includes(text)) ?? null;
}

async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeviceError('device-lost', 'It did not answer in time.'));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function shown(seconds: number): string {
  return `${(1000 * seconds).toPrecision(2)} ms`;
}
