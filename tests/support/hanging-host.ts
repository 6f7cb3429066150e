/// <reference types="@webgpu/types" />
import type { GpuHost } from '../../app/engine/runtime/backends/webgpu';
import { WatchedHost } from './watched-host';

/** A real host of GPUs, some of whose devices stop answering when they are told: they take work, and none of it ever ends. */
export class HangingHost extends WatchedHost {
  /** Called when something begins to wait for what will not end. */
  readonly #onWait: () => void;
  readonly #hung = new WeakSet<GPUDevice>();
  #newest: GPUDevice | null = null;

  constructor(real: GpuHost, onWait: () => void) {
    super(real);
    this.#onWait = onWait;
  }

  /** From now on nothing that is submitted to the device opened last ends. */
  hang(): void {
    if (this.#newest) this.#hung.add(this.#newest);
  }

  protected override watch(device: GPUDevice): void {
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
  }

  #ends(device: GPUDevice, end: () => Promise<undefined>): Promise<undefined> {
    if (!this.#hung.has(device)) return end();
    this.#onWait();
    return new Promise(() => undefined);
  }
}
