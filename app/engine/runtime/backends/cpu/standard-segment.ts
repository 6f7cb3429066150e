import { InferenceSession, Tensor } from 'onnxruntime-node';
import { DeviceError } from '../../../../shared';
import type { GraphSegment } from '../../graph';
import { standardLabel, valueOf, type RunnableSegment } from '../../segments';
import { isElementType, sameDims, type HostTensor, type ValueType } from '../../tensor';

/** The part of a model that onnxruntime runs. */
export class StandardSegment implements RunnableSegment {
  readonly label: string;
  readonly outputTypes: ReadonlyMap<string, ValueType>;
  readonly #session: InferenceSession;
  readonly #segment: GraphSegment;
  /** Wrappers of the buffers that came in last; the same buffers come again with the next frame. */
  readonly #feeds: Record<string, Tensor> = {};
  #fedDims: readonly (readonly number[])[] = [];
  /** Outputs of the first run with these sizes: later runs write into them. */
  #fetches: Record<string, Tensor> | null = null;

  private constructor(session: InferenceSession, segment: GraphSegment) {
    this.#session = session;
    this.#segment = segment;
    this.label = standardLabel(segment);
    this.outputTypes = new Map(session.outputMetadata.map((metadata) => [metadata.name, typeOf(metadata)]));
  }

  /** Loads `model`, the sub-model of `segment`, to run on `threads` threads. */
  static async load(model: Uint8Array, segment: GraphSegment, threads: number): Promise<StandardSegment> {
    const session = await InferenceSession.create(model, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Planned memory patterns took a third more memory and no less time; without the arena, time triples.
      enableMemPattern: false,
      logSeverityLevel: 3,
      // Threads spin between operators, which takes a sixth off Deep Snake's detector, and stop when the model has run: else they
      // take the processor from the kernels' pool and from ffmpeg.
      extra: { session: { force_spinning_stop: '1' } },
    });
    return new StandardSegment(session, segment);
  }

  async run(values: Map<string, HostTensor>): Promise<void> {
    const inputs = this.#segment.inputs.map((name) => valueOf(values, name));
    const same =
      inputs.length === this.#fedDims.length &&
      inputs.every((input, index) => sameDims(input.dims, this.#fedDims[index] ?? []));
    if (!same) this.#fetches = null;
    for (const [index, name] of this.#segment.inputs.entries()) {
      const input = inputs[index];
      if (input && (!same || this.#feeds[name]?.data !== input.data)) this.#feeds[name] = wrap(input);
    }
    this.#fedDims = inputs.map((input) => input.dims);
    const results = await this.#infer();
    this.#fetches ??= results;
    for (const name of this.#segment.outputs) values.set(name, unwrap(name, this.#fetches[name]));
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #infer(): Promise<Record<string, Tensor>> {
    try {
      return this.#fetches
        ? await this.#session.run(this.#feeds, this.#fetches)
        : await this.#session.run(this.#feeds);
    } catch (cause) {
      // onnxruntime's binding throws plain errors; its allocator's text is all there is to tell them by.
      if (cause instanceof Error && /allocat|bad_alloc/i.test(cause.message)) {
        throw new DeviceError('device-out-of-memory', 'There is no memory for this size.', { cause });
      }
      throw cause;
    }
  }
}

function typeOf(metadata: InferenceSession.ValueMetadata): ValueType {
  if (!metadata.isTensor || !isElementType(metadata.type))
    throw new Error(`Expected a tensor of numbers for ${metadata.name}.`);
  // No sizes at all stand for a scalar and for an unknown rank.
  const shape =
    metadata.shape.length === 0 ? null : metadata.shape.map((size) => (size === '' ? null : size));
  return { type: metadata.type, shape };
}

function wrap({ type, data, dims }: HostTensor): Tensor {
  return new Tensor(type, data, dims);
}

function unwrap(name: string, tensor: Tensor | undefined): HostTensor {
  if (!tensor || !isElementType(tensor.type)) throw new Error(`onnxruntime gave no tensor for ${name}.`);
  return { type: tensor.type, dims: tensor.dims, data: tensor.data as HostTensor['data'] };
}
