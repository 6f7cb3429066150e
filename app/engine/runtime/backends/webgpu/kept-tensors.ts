import { DeviceError } from '../../../../shared';
import { byteCount, type KeptTensor } from '../../tensor';
import type { GpuDevice } from './gpu-device';
import type { GpuTensor } from './gpu-tensor';

/** Of all devices of this process: a number that a closed one gave means nothing to another. */
let last = 0;

/** What the models of a device keep, by number. */
export type KeptRegistry = Map<number, GpuTensor>;

/** The tensor that `kept` stands for. @throws DeviceError device-lost where it was released, or made on a device that is closed */
export function findKept(registry: KeptRegistry, { kept }: KeptTensor): GpuTensor {
  const tensor = registry.get(kept);
  if (!tensor) throw new DeviceError('device-lost', 'What a network had made on the graphics card is gone.');
  return tensor;
}

/** Copies of a model's outputs, in buffers of their own: its next run writes its outputs anew. Released buffers are used again. */
export class KeptTensors {
  readonly #gpu: GpuDevice;
  readonly #registry: KeptRegistry;
  readonly #own = new Map<number, GPUBuffer>();
  readonly #spare: GPUBuffer[] = [];

  constructor(gpu: GpuDevice, registry: KeptRegistry) {
    this.#gpu = gpu;
    this.#registry = registry;
  }

  /** Copies `tensor` once all that was submitted has run. @throws DeviceError device-out-of-memory */
  keep({ type, dims, buffer: from }: GpuTensor): KeptTensor {
    const bytes = Math.ceil(byteCount(type, dims) / 4) * 4;
    const buffer = this.#take(bytes);
    const encoder = this.#gpu.device.createCommandEncoder({ label: 'kept' });
    encoder.copyBufferToBuffer(from, 0, buffer, 0, bytes);
    this.#gpu.device.queue.submit([encoder.finish()]);
    const kept = ++last;
    this.#own.set(kept, buffer);
    this.#registry.set(kept, { type, dims, buffer });
    return { type, dims, kept };
  }

  release(tensors: readonly KeptTensor[]): void {
    for (const { kept } of tensors) {
      const buffer = this.#own.get(kept);
      if (!buffer) continue;
      this.#own.delete(kept);
      this.#registry.delete(kept);
      this.#spare.push(buffer);
    }
  }

  close(): void {
    for (const kept of this.#own.keys()) this.#registry.delete(kept);
    for (const buffer of [...this.#own.values(), ...this.#spare]) buffer.destroy();
    this.#own.clear();
    this.#spare.length = 0;
  }

  #take(bytes: number): GPUBuffer {
    const at = this.#spare.findIndex(({ size }) => size >= bytes && size < bytes + SLACK);
    const [spare] = at < 0 ? [] : this.#spare.splice(at, 1);
    return spare ?? this.#gpu.buffer(bytes, 'kept');
  }
}

/** Buffers are rounded up to so many bytes. */
const SLACK = 16;
