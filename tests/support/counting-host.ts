/// <reference types="@webgpu/types" />
import { WatchedHost } from './watched-host';

/** What is made on the devices of a host. */
export interface Made {
  /** By their labels. */
  readonly buffers: string[];
  pipelines: number;
  modules: number;
}

/** A host that tells what is made on its devices: nothing should be in the steady state. */
export class CountingHost extends WatchedHost {
  #made: Made = { buffers: [], pipelines: 0, modules: 0 };

  /** What was made since this was asked last. */
  take(): Made {
    const made = this.#made;
    this.#made = { buffers: [], pipelines: 0, modules: 0 };
    return made;
  }

  protected override watch(device: GPUDevice): void {
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
  }
}
