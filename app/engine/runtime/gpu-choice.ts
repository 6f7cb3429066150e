import type { Kernels } from '../../../kernels';
import { selfTestOnCpu } from '../../../kernels/webgpu';
import { DeviceError } from '../../shared';
import type { AdapterFacts, Gpu, OpenGpu } from './backends/webgpu';

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

/** Tries an adapter: it has to give what the processor gives, and sooner. The device is closed again. */
export async function judgeAdapter(gpu: Gpu, facts: AdapterFacts, kernels: Kernels): Promise<AdapterVerdict> {
  const patience = facts.software ? SOFTWARE_PATIENCE_MS : PATIENCE_MS;
  const withPatience = <T>(promise: Promise<T>): Promise<T> => inTime(promise, patience);
  const verdict = (right: boolean, why: string, fit = false): AdapterVerdict => ({ facts, fit, right, why });
  let device: OpenGpu | null = null;
  try {
    device = await withPatience(gpu.open(facts.name));
    const size = kernels.name === 'reference' || facts.software ? SMALL_SIZE : SIZE;
    const onGpu = await withPatience(device.selfTest(size));
    const start = performance.now();
    const onCpu = await selfTestOnCpu(kernels, size);
    const seconds = (performance.now() - start) / 1000;
    const wrong = onCpu.findIndex((value, index) => onGpu.output[index] !== value);
    if (onGpu.output.length !== onCpu.length || wrong >= 0)
      return verdict(false, `${facts.name} gives other results than the processor (value ${wrong}).`);
    if (facts.software) return verdict(true, "It gives the processor's results.");
    const times = `${shown(onGpu.seconds)} against ${shown(seconds)}`;
    return onGpu.seconds < seconds
      ? verdict(true, `It gives the processor's results, sooner (${times}).`, true)
      : verdict(true, `${facts.name} takes longer than the processor (${times}).`);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return verdict(false, `${facts.name} could not be used: ${error.message}`);
  } finally {
    await device?.close();
  }
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
