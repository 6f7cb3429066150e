import type { GpuStep } from '../../../../../kernels/webgpu';
import { readGraph, type Graph } from '../../graph';
import { openSegments, valueOf, type RunnableSegment, type SegmentTiming } from '../../segments';
import { byteCount, tensorOver, type HostTensor } from '../../tensor';
import { CustomSegment } from './custom-segment';
import type { GpuDevice } from './gpu-device';
import type { GpuTensor } from './gpu-tensor';
import { StandardSegment, type WebRuntime } from './standard-segment';

/** Bytes of a feed's buffer that is not too large for anything. */
const SMALL = 2 ** 22;
const MOST_SLACK = 2;

/**
 * A model with custom operators on a GPU: its standard segments by onnxruntime's WebGPU provider, its custom ones by our
 * shaders, on one device and in one queue. What passes between them stays there. One call at a time.
 */
export class GpuSession {
  readonly #gpu: GpuDevice;
  readonly #graph: Graph;
  readonly #segments: readonly RunnableSegment<GpuTensor>[];
  /** What feeds are copied to, by name. */
  readonly #feeds = new Map<string, GPUBuffer>();
  readonly #seconds: number[] = [];
  #busy = false;

  private constructor(gpu: GpuDevice, graph: Graph, segments: readonly RunnableSegment<GpuTensor>[]) {
    this.#gpu = gpu;
    this.#graph = graph;
    this.#segments = segments;
  }

  /** Loads the `.onnx` in `model`; `loadRuntime` is asked for onnxruntime if it has standard segments. */
  static async create(
    gpu: GpuDevice,
    model: Uint8Array,
    loadRuntime: () => Promise<WebRuntime>,
  ): Promise<GpuSession> {
    const graph = readGraph(model);
    const segments = await openSegments<GpuTensor>(graph, {
      custom: (part) => new CustomSegment(gpu, graph, part),
      standard: async (part, segment) => StandardSegment.load(gpu, await loadRuntime(), part, segment),
    });
    return new GpuSession(gpu, graph, segments);
  }

  get inputNames(): readonly string[] {
    return this.#graph.inputs;
  }

  get outputNames(): readonly string[] {
    return this.#graph.outputs;
  }

  /** Where the time of the last call went, segment by segment; what the GPU does meanwhile is in the last one's. */
  get timings(): readonly SegmentTiming[] {
    return this.#segments.map(({ label }, index) => ({ label, seconds: this.#seconds[index] ?? 0 }));
  }

  /**
   * Runs the model on tensors of the host or of the device. Outputs come to the host, but for those in `stay`, which are the
   * session's own until its next call.
   *
   * @throws DeviceError device-lost, device-out-of-memory
   */
  async run(
    feeds: Readonly<Record<string, HostTensor | GpuTensor>>,
    stay: readonly string[] = [],
  ): Promise<Record<string, HostTensor | GpuTensor>> {
    const results = await this.runOnDevice(this.#onDevice(feeds));
    const outputs = await Promise.all(
      [...results].map(async ([name, tensor]): Promise<readonly [string, HostTensor | GpuTensor]> => {
        if (stay.includes(name)) return [name, tensor];
        const { type, dims, buffer } = tensor;
        const bytes = await this.#gpu.download(buffer, byteCount(type, dims));
        return [name, tensorOver(type, dims, bytes, 0)];
      }),
    );
    return Object.fromEntries(outputs);
  }

  /** Runs the model on tensors that are on the device; so are its outputs, until the next call. */
  async runOnDevice(feeds: ReadonlyMap<string, GpuTensor>): Promise<ReadonlyMap<string, GpuTensor>> {
    if (this.#busy) throw new Error('Expected one call at a time.');
    this.#busy = true;
    try {
      const values = new Map(feeds);
      for (const [index, segment] of this.#segments.entries()) {
        const start = performance.now();
        await segment.run(values);
        this.#seconds[index] = (performance.now() - start) / 1000;
      }
      return new Map(this.#graph.outputs.map((name) => [name, valueOf(values, name)]));
    } finally {
      this.#busy = false;
    }
  }

  /**
   * Seconds from handing the model's work over until the GPU has done it, the fastest of some runs after one that compiles:
   * by the host's clock, for onnxruntime's shaders take no timestamps of ours.
   */
  async time(feeds: Readonly<Record<string, HostTensor | GpuTensor>>, runs: number): Promise<number> {
    const values = this.#onDevice(feeds);
    let best = Infinity;
    for (let run = 0; run <= runs; run++) {
      const start = performance.now();
      await this.runOnDevice(values);
      await this.#gpu.done();
      if (run > 0) best = Math.min(best, (performance.now() - start) / 1000);
    }
    return best;
  }

  /** Whether our shaders do all of it. */
  get customOnly(): boolean {
    return this.#segments.every((segment) => segment instanceof CustomSegment);
  }

  /** What a model of our own operators alone does with these tensors, for the caller to submit, and its outputs. */
  prepare(feeds: ReadonlyMap<string, GpuTensor>): {
    readonly steps: readonly GpuStep[];
    readonly outputs: ReadonlyMap<string, GpuTensor>;
  } {
    const values = new Map(feeds);
    const steps: GpuStep[] = [];
    for (const segment of this.#segments) {
      if (!(segment instanceof CustomSegment))
        throw new Error('Expected a model of our own operators alone.');
      steps.push(...segment.prepare(values));
    }
    return { steps, outputs: new Map(this.#graph.outputs.map((name) => [name, valueOf(values, name)])) };
  }

  async close(): Promise<void> {
    for (const segment of this.#segments) await segment.close();
    for (const buffer of this.#feeds.values()) buffer.destroy();
    this.#feeds.clear();
  }

  #onDevice(feeds: Readonly<Record<string, HostTensor | GpuTensor>>): Map<string, GpuTensor> {
    const values = new Map<string, GpuTensor>();
    for (const name of this.#graph.inputs) {
      const feed = feeds[name];
      if (feed) values.set(name, 'buffer' in feed ? feed : this.#upload(name, feed));
    }
    return values;
  }

  #upload(name: string, { type, dims, data }: HostTensor): GpuTensor {
    const bytes = byteCount(type, dims);
    let buffer = this.#feeds.get(name);
    // One that has room serves calls with less; a large one not for ever.
    if (!buffer || buffer.size < bytes || buffer.size > Math.max(SMALL, MOST_SLACK * bytes)) {
      buffer?.destroy();
      buffer = this.#gpu.buffer(bytes, name);
      this.#feeds.set(name, buffer);
    }
    this.#gpu.write(buffer, data);
    return { type, dims, buffer };
  }
}
