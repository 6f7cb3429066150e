/// <reference types="@webgpu/types" />
import type { FoundAdapter, GpuHost } from '../../app/engine/runtime/backends/webgpu';

/** A real host of GPUs, some of whose devices stop answering when they are told: they take work, and none of it ever ends. */
export class HangingHost implements GpuHost {
  readonly #real: GpuHost;
  /** Called when something begins to wait for what will not end. */
  readonly #onWait: () => void;
  readonly #hung = new WeakSet<GPUDevice>();
  #newest: GPUDevice | null = null;

  constructor(real: GpuHost, onWait: () => void) {
    this.#real = real;
    this.#onWait = onWait;
  }

  /** From now on nothing that is submitted to the device opened last ends. */
  hang(): void {
    if (this.#newest) this.#hung.add(this.#newest);
  }

  async list(): Promise<readonly FoundAdapter[]> {
    return (await this.#real.list()).map((found) => ({
      facts: found.facts,
      request: async () => {
        const adapter = await found.request();
        if (!adapter) return null;
        const requestDevice = adapter.requestDevice.bind(adapter);
        adapter.requestDevice = async (descriptor) => this.#watched(await requestDevice(descriptor));
        return adapter;
      },
    }));
  }

  loadRuntime(): ReturnType<GpuHost['loadRuntime']> {
    return this.#real.loadRuntime();
  }

  #watched(device: GPUDevice): GPUDevice {
    this.#newest = device;
    const { queue } = device;
    const done = queue.onSubmittedWorkDone.bind(queue);
    queue.onSubmittedWorkDone = () => this.#ends(device, done);
    const create = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = create(descriptor);
      const map = buffer.mapAsync.bind(buffer);
      buffer.mapAsync = (...range) => this.#ends(device, () => map(...range));
      return buffer;
    };
    return device;
  }

  #ends(device: GPUDevice, end: () => Promise<undefined>): Promise<undefined> {
    if (!this.#hung.has(device)) return end();
    this.#onWait();
    return new Promise(() => undefined);
  }
}
