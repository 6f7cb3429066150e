import { DeviceError, UserError } from '../../shared';
import { LocalGpu, NodeHost, type AdapterFacts, type Gpu, type OpenGpu } from './backends/webgpu';
import { adapterFor, judgeAdapter, judgeNetworks, type AdapterVerdict, type GpuUse } from './gpu-choice';
import { processKernels } from './process-kernels';

/** GPUs as this process reaches them: one device at a time, opened when it is first needed. */
export class ProcessGpu {
  readonly #load: () => Promise<Gpu | null>;
  #gpu: Promise<Gpu | null> | null = null;
  readonly #verdicts = new Map<string, Promise<AdapterVerdict>>();
  readonly #devices = new Map<string, Promise<OpenGpu>>();

  constructor(load: () => Promise<Gpu | null>) {
    this.#load = load;
  }

  /** All that there are, the system's first choice first; none where there is no WebGPU. */
  async adapters(): Promise<readonly AdapterFacts[]> {
    return (await (await this.#reach())?.adapters()) ?? [];
  }

  /** True where WebGPU itself is there, with or without adapters. */
  async isThere(): Promise<boolean> {
    return (await this.#reach()) !== null;
  }

  /** What an adapter is worth, found out once for each use. */
  async judge(facts: AdapterFacts, use: GpuUse = 'own-layers'): Promise<AdapterVerdict> {
    const gpu = await this.#reach();
    if (!gpu) throw new Error('Expected WebGPU.');
    const key = `${use} ${facts.name}`;
    let verdict = this.#verdicts.get(key);
    if (!verdict) {
      verdict =
        use === 'own-layers'
          ? judgeAdapter(gpu, facts, processKernels())
          : this.judge(facts).then((before) =>
              before.right ? judgeNetworks(gpu, before, processKernels()) : before,
            );
      this.#verdicts.set(key, verdict);
    }
    return verdict;
  }

  /** The device of an adapter, opened anew where it was lost. @throws DeviceError device-lost */
  async device(name: string): Promise<OpenGpu> {
    const gpu = await this.#reach();
    if (!gpu) throw new DeviceError('device-lost', 'There is no graphics card any more.');
    const open = await this.#devices.get(name)?.catch(() => null);
    if (open && !(await open.isLost())) return open;
    const device = gpu.open(name);
    this.#devices.set(name, device);
    return device;
  }

  /** The adapters that a wish means, in the order in which they are tried. @throws UserError backend-unavailable */
  async wished(wish: string | undefined): Promise<readonly AdapterFacts[]> {
    const adapters = await this.adapters();
    if (wish === undefined) return adapters;
    const found = adapterFor(adapters, wish);
    if (found) return [found];
    const names = adapters.map(({ name }, index) => `${index + 1} ${name}`).join(', ') || 'none';
    throw new UserError(
      'backend-unavailable',
      `There is no graphics card ${JSON.stringify(wish)}: choose one of those that are there (${names}).`,
    );
  }

  #reach(): Promise<Gpu | null> {
    return (this.#gpu ??= this.#load());
  }
}

/** What Dawn for Node finds; null where that is not installed. */
export async function nodeGpu(): Promise<Gpu | null> {
  const host = await NodeHost.load();
  return host && new LocalGpu(host);
}

let own = new ProcessGpu(nodeGpu);

/** The GPUs of this process: Dawn's, or those that were set. */
export function processGpu(): ProcessGpu {
  return own;
}

/** Lets the engine compute on other GPUs: those that another process has. `load` is asked once, when the first is wanted. */
export function setProcessGpu(load: () => Promise<Gpu | null>): void {
  own = new ProcessGpu(load);
}
