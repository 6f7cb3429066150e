/// <reference types="@webgpu/types" />
import type { FoundAdapter, GpuHost } from '../../app/engine/runtime/backends/webgpu';

/** A real host of GPUs whose devices somebody has a hand in. */
export abstract class WatchedHost implements GpuHost {
  readonly #real: GpuHost;

  constructor(real: GpuHost) {
    this.#real = real;
  }

  async list(): Promise<readonly FoundAdapter[]> {
    return (await this.#real.list()).map((found) => ({
      facts: found.facts,
      request: async () => {
        const adapter = await found.request();
        if (!adapter) return null;
        const requestDevice = adapter.requestDevice.bind(adapter);
        adapter.requestDevice = async (descriptor) => {
          const device = await requestDevice(descriptor);
          this.watch(device);
          return device;
        };
        return adapter;
      },
    }));
  }

  loadRuntime(): ReturnType<GpuHost['loadRuntime']> {
    return this.#real.loadRuntime();
  }

  /** Told of every device before anybody has it; may put methods of its own in place of the device's. */
  protected abstract watch(device: GPUDevice): void;
}
