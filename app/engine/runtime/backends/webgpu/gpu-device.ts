/// <reference types="@webgpu/types" />
import {
  BUFFER_USAGE,
  encodeSteps,
  GpuPrograms,
  MAP_MODE,
  type GpuStep,
} from '../../../../../kernels/webgpu';
import { DeviceError } from '../../../../shared';
import { adapterFacts, type AdapterFacts } from './adapter-facts';
import { SpareBuffers } from './spare-buffers';

export interface GpuDeviceOptions {
  /** The adapter's name where the host knows a better one than WebGPU tells. */
  readonly name?: string;
  /** How long the GPU may take for what was submitted before it counts as hung. */
  readonly patienceSeconds?: number;
}

/** Drivers reset a GPU that hangs after 2 to 10 seconds; a slow one may take long for a large tile. */
const PATIENCE_SECONDS = 30;
const SOFTWARE_PATIENCE_SECONDS = 600;
/** Of which a timestamp's coarseness is a twentieth. */
const MEASURABLE_SECONDS = 0.0013;
const MOST_REPEATS = 4 ** 6;
const WANTED_FEATURES = ['shader-f16', 'timestamp-query', 'subgroups'] as const;
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
] as const;

/** A device that tells what went wrong: what it lost, what it had no memory for, and what never ended. */
export class GpuDevice {
  readonly device: GPUDevice;
  readonly programs: GpuPrograms;
  readonly facts: AdapterFacts;
  readonly #patience: number;
  readonly #downloads: SpareBuffers;
  /** Rejects when the device is lost. */
  readonly #lost: Promise<never>;
  #failure: Error | null = null;
  #isLost = false;

  private constructor(device: GPUDevice, facts: AdapterFacts, patienceSeconds: number) {
    this.device = device;
    this.facts = facts;
    this.#patience = patienceSeconds;
    this.programs = new GpuPrograms(device);
    const usage = BUFFER_USAGE.MAP_READ | BUFFER_USAGE.COPY_DST;
    this.#downloads = new SpareBuffers((size) => device.createBuffer({ size, usage, label: 'download' }));
    device.addEventListener('uncapturederror', ({ error }) => {
      this.#failure ??= errorOf(error);
    });
    this.#lost = device.lost.then(({ reason, message }) => {
      this.#isLost = true;
      throw lostError(reason === 'destroyed' ? 'it was closed' : message);
    });
    this.#lost.catch(() => undefined);
  }

  /** @throws DeviceError device-lost where the adapter gives no device */
  static async open(adapter: GPUAdapter, options: GpuDeviceOptions = {}): Promise<GpuDevice> {
    const { limits, features } = adapter;
    const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, limits[name]]));
    const requiredFeatures = WANTED_FEATURES.filter((feature) => features.has(feature));
    const device = await adapter
      .requestDevice({ requiredLimits, requiredFeatures })
      .catch((cause: unknown) => {
        throw new DeviceError('device-lost', 'The graphics card gave no device.', { cause });
      });
    const facts = adapterFacts(adapter, options.name);
    const usual = facts.software ? SOFTWARE_PATIENCE_SECONDS : PATIENCE_SECONDS;
    return new GpuDevice(device, facts, options.patienceSeconds ?? usual);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** A buffer for `bytes` bytes (at least). @throws DeviceError device-out-of-memory where no buffer is as large */
  buffer(bytes: number, label: string): GPUBuffer {
    if (bytes > this.facts.maxBufferBytes) throw memoryError(`a buffer of ${bytes} bytes`);
    return this.programs.buffer(bytes, label);
  }

  /** Puts `data` into a buffer, from `offset` on, a multiple of four. */
  write(buffer: GPUBuffer, data: ArrayBufferView, offset = 0): void {
    const { byteLength } = data;
    const whole = byteLength % 4 === 0 && data.buffer instanceof ArrayBuffer;
    // The queue takes words, and no shared memory.
    const bytes = whole
      ? new Uint8Array(data.buffer, data.byteOffset, byteLength)
      : new Uint8Array(Math.ceil(byteLength / 4) * 4);
    if (!whole) bytes.set(new Uint8Array(data.buffer, data.byteOffset, byteLength));
    this.device.queue.writeBuffer(buffer, offset, bytes);
  }

  /** Hands steps to the GPU, to be run after all that was handed over before. */
  submit(steps: readonly GpuStep[], label: string): void {
    const encoder = this.device.createCommandEncoder({ label });
    const pass = encoder.beginComputePass({ label });
    encodeSteps(pass, steps);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  /**
   * What `promise` gives, once the GPU has come so far.
   *
   * @throws DeviceError for a loss, lack of memory or a GPU that does not come back; Error for a wrong use of it
   */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#isLost = true;
        reject(lostError(`it did not answer for ${this.#patience} seconds`));
        // What it has is free for the device that is opened next, should it come back.
        this.device.destroy();
      }, 1000 * this.#patience);
    });
    try {
      const result = await Promise.race([promise, this.#lost, hung]).catch((cause: unknown) => {
        // A failed mapping tells less than what made it fail.
        throw this.#failure ?? cause;
      });
      this.check();
      return result;
    } finally {
      clearTimeout(timer);
      // Lack of memory passes; the caller tries with less.
      if (!this.#isLost) this.#failure = null;
    }
  }

  /** Throws what was reported since the last time. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** All that was submitted has run. @throws as `settle` */
  async done(): Promise<void> {
    await this.settle(this.device.queue.onSubmittedWorkDone());
  }

  /** A copy of a buffer's first `bytes` bytes, after all that was submitted. @throws as `settle` */
  async download(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const size = Math.ceil(bytes / 4) * 4;
    const copy = this.#downloads.take(size);
    try {
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, copy, 0, size);
      this.device.queue.submit([encoder.finish()]);
      await this.settle(copy.mapAsync(MAP_MODE.READ, 0, size));
      const data = copy.getMappedRange(0, size).slice(0, bytes);
      copy.unmap();
      this.#downloads.giveBack(copy);
      return data;
    } catch (error) {
      copy.destroy();
      throw error;
    }
  }

  /**
   * Seconds that each step takes on the GPU, the fastest of some runs; null without timestamps. These are coarse (65 µs in
   * Dawn, so that no page can spy by them): a short step is repeated until they tell its time.
   */
  async timeSteps(steps: readonly GpuStep[], runs: number): Promise<readonly number[] | null> {
    if (!this.facts.timestamps) return null;
    const querySet = this.device.createQuerySet({ type: 'timestamp', count: 2 });
    const usage = BUFFER_USAGE.QUERY_RESOLVE | BUFFER_USAGE.COPY_SRC;
    const times = this.device.createBuffer({ size: 16, usage });
    const seconds: number[] = [];
    try {
      for (const step of steps) {
        const time = async (repeats: number): Promise<number> => {
          const encoder = this.device.createCommandEncoder();
          const timestampWrites = { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
          const pass = encoder.beginComputePass({ timestampWrites });
          encodeSteps(pass, new Array<GpuStep>(repeats).fill(step));
          pass.end();
          encoder.resolveQuerySet(querySet, 0, 2, times, 0);
          this.device.queue.submit([encoder.finish()]);
          const [from = 0n, to = 0n] = new BigUint64Array(await this.download(times, 16));
          return Number(to - from) / 1e9;
        };
        let repeats = 1;
        while ((await time(repeats)) < MEASURABLE_SECONDS && repeats < MOST_REPEATS) repeats *= 4;
        let best = Infinity;
        for (let run = 0; run < runs; run++) best = Math.min(best, (await time(repeats)) / repeats);
        seconds.push(best);
      }
      return seconds;
    } finally {
      querySet.destroy();
      times.destroy();
    }
  }

  close(): void {
    this.#isLost = true;
    this.device.destroy();
  }
}

function errorOf(error: GPUError): Error {
  // Dawn for Node has the class, browsers have the global: the name is common to both.
  return error.constructor.name === 'GPUOutOfMemoryError'
    ? memoryError(error.message)
    : new Error(`The graphics card refused a call: ${error.message}`);
}

function memoryError(what: string): DeviceError {
  const cause = new Error(what);
  return new DeviceError('device-out-of-memory', 'The graphics card has no memory for this size.', { cause });
}

function lostError(why: string): DeviceError {
  return new DeviceError('device-lost', `The graphics card was lost: ${why}.`);
}
