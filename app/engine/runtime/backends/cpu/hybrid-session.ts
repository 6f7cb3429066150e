import { readGraph, type Graph } from '../../graph';
import type { OperatorSet } from '../../operators';
import { openSegments, valueOf, type RunnableSegment, type SegmentTiming } from '../../segments';
import type { HostTensor } from '../../tensor';
import { CustomSegment } from './custom-segment';
import { StandardSegment } from './standard-segment';

export interface HybridSessionOptions<S> {
  /** For onnxruntime; the kernels have their own setting. */
  readonly threads: number;
  readonly operators: OperatorSet<S>;
}

/**
 * A model with custom operators on the processor: its standard segments by onnxruntime, its custom
 * ones by our kernels, in turn. Buffers are made for the sizes of the first call and used again as
 * long as sizes stay the same; another size makes them anew. One call at a time.
 *
 * onnxruntime-node computes on the calling thread; the kernels don't. The event loop thus rests for
 * as long as a standard segment takes.
 */
export class HybridSession {
  readonly #graph: Graph;
  readonly #segments: readonly RunnableSegment[];
  /** Seconds that each segment took in the last call. */
  readonly #seconds: number[] = [];
  #busy = false;

  private constructor(graph: Graph, segments: readonly RunnableSegment[]) {
    this.#graph = graph;
    this.#segments = segments;
  }

  /** Loads the `.onnx` in `model`. */
  static async create<S>(model: Uint8Array, options: HybridSessionOptions<S>): Promise<HybridSession> {
    const graph = readGraph(model);
    const segments = await openSegments<HostTensor>(graph, {
      custom: (part) => new CustomSegment(graph, part, options.operators),
      standard: (part, segment) => StandardSegment.load(part, segment, options.threads),
    });
    return new HybridSession(graph, segments);
  }

  get inputNames(): readonly string[] {
    return this.#graph.inputs;
  }

  get outputNames(): readonly string[] {
    return this.#graph.outputs;
  }

  /** Where the time of the last call went, segment by segment. */
  get timings(): readonly SegmentTiming[] {
    return this.#segments.map(({ label }, index) => ({ label, seconds: this.#seconds[index] ?? 0 }));
  }

  /**
   * Runs the model. The tensors that come back stay valid until the next call.
   *
   * @throws DeviceError device-out-of-memory
   */
  async run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> {
    if (this.#busy) throw new Error('Expected one call at a time.');
    this.#busy = true;
    try {
      const values = new Map(Object.entries(feeds));
      for (const [index, segment] of this.#segments.entries()) {
        const start = performance.now();
        await segment.run(values);
        this.#seconds[index] = (performance.now() - start) / 1000;
      }
      return Object.fromEntries(this.#graph.outputs.map((name) => [name, valueOf(values, name)]));
    } finally {
      this.#busy = false;
    }
  }

  async close(): Promise<void> {
    for (const segment of this.#segments) await segment.close();
  }
}
