/// <reference types="@webgpu/types" />
import type { FoundAdapter, GpuHost } from '../../app/engine/runtime/backends/webgpu';

/** What is made on the devices of a host. */
export interface Made {
  /** By their labels. */
  readonly buffers: string[];
  pipelines: number;
  modules: number;
}

/** A host that tells what is made on its devices: nothing should be in the steady state. */
export class CountingHost implements GpuHost {
  readonly #real: GpuHost;
  #made: Made = { buffers: [], pipelines: 0, modules: 0 };

  constructor(real: GpuHost) {
    this.#real = real;
  }

  /** What was made since this was asked last. */
  take(): Made {
    const made = this.#made;
    this.#made = { buffers: [], pipelines: 0, modules: 0 };
    return made;
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
    const buffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      this.#made.buffers.push(`${descriptor.label ?? ''} ${descriptor.size} ${descriptor.usage}`);
      return buffer(descriptor);
    };
    const pipeline = device.createComputePipeline.bind(device);
    device.createComputePipeline = (descriptor) => {
      this.#made.pipelines++;
      return pipeline(descriptor);
    };
    const pipelineAsync = device.createComputePipelineAsync.bind(device);
    device.createComputePipelineAsync = (descriptor) => {
      this.#made.pipelines++;
      return pipelineAsync(descriptor);
    };
    const module = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) => {
      this.#made.modules++;
      return module(descriptor);
    };
    return device;
  }
}
