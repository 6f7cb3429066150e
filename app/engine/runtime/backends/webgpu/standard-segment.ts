/// <reference types="@webgpu/types" />
import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-common';
import { DeviceError } from '../../../../shared';
import type { GraphSegment } from '../../graph';
import { standardLabel, valueOf, type RunnableSegment } from '../../segments';
import { isElementType, sameDims, type ValueType } from '../../tensor';
import type { GpuDevice } from './gpu-device';
import type { GpuTensor } from './gpu-tensor';

/** What of `onnxruntime-web/webgpu` is needed; the host loads it when the first standard segment wants it. */
export interface WebRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: Pick<TensorConstructor, 'fromGpuBuffer'>;
}

/** The part of a model that onnxruntime's WebGPU provider runs, on our device. */
export class StandardSegment implements RunnableSegment<GpuTensor> {
  readonly label: string;
  readonly outputTypes: ReadonlyMap<string, ValueType>;
  readonly #gpu: GpuDevice;
  readonly #runtime: WebRuntime;
  readonly #session: InferenceSession;
  readonly #segment: GraphSegment;
  #inputs: readonly GpuTensor[] = [];
  #feeds: Record<string, Tensor> = {};
  /** Outputs of the first run with these sizes: later runs write into them. */
  #fetches: Record<string, Tensor> | null = null;

  private constructor(gpu: GpuDevice, runtime: WebRuntime, session: InferenceSession, segment: GraphSegment) {
    this.#gpu = gpu;
    this.#runtime = runtime;
    this.#session = session;
    this.#segment = segment;
    this.label = standardLabel(segment);
    this.outputTypes = new Map(session.outputMetadata.map((metadata) => [metadata.name, typeOf(metadata)]));
  }

  /** Loads `model`, the sub-model of `segment`. */
  static async load(
    gpu: GpuDevice,
    runtime: WebRuntime,
    model: Uint8Array,
    segment: GraphSegment,
  ): Promise<StandardSegment> {
    const creating = inTurn(() =>
      runtime.InferenceSession.create(model, {
        executionProviders: [{ name: 'webgpu', device: gpu.device, preferredLayout: 'NCHW' }],
        preferredOutputLocation: 'gpu-buffer',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      }),
    );
    const session = await gpu.settle(creating);
    return new StandardSegment(gpu, runtime, session, segment);
  }

  async run(values: Map<string, GpuTensor>): Promise<void> {
    const inputs = this.#segment.inputs.map((name) => valueOf(values, name));
    this.#wrap(inputs);
    this.#fetches = await this.#infer();
    for (const name of this.#segment.outputs) values.set(name, unwrap(name, this.#fetches[name]));
  }

  async close(): Promise<void> {
    this.#drop();
    await this.#session.release();
  }

  async #infer(): Promise<Record<string, Tensor>> {
    try {
      const running = inTurn(() =>
        this.#fetches ? this.#session.run(this.#feeds, this.#fetches) : this.#session.run(this.#feeds),
      );
      return await this.#gpu.settle(running);
    } catch (cause) {
      // The provider throws plain errors; its text is all there is to tell them by.
      if (cause instanceof Error && /out of memory|allocat/i.test(cause.message))
        throw new DeviceError('device-out-of-memory', 'The graphics card has no memory for this size.', {
          cause,
        });
      throw cause;
    }
  }

  #wrap(inputs: readonly GpuTensor[]): void {
    const before = this.#inputs;
    const sizes = inputs.every((input, index) => sameDims(input.dims, before[index]?.dims ?? [-1]));
    if (!sizes) this.#drop();
    this.#segment.inputs.forEach((name, index) => {
      const input = inputs[index];
      if (!input || (sizes && before[index]?.buffer === input.buffer)) return;
      const { type: dataType, dims } = input;
      if (dataType === 'float64' || dataType === 'int16' || dataType === 'uint16' || dataType === 'int8')
        throw new Error(`onnxruntime takes no ${dataType} from a GPU, for ${name}.`);
      this.#feeds[name] = this.#runtime.Tensor.fromGpuBuffer(input.buffer, { dataType, dims });
    });
    this.#inputs = inputs;
  }

  #drop(): void {
    for (const tensor of Object.values(this.#fetches ?? {})) tensor.dispose();
    this.#fetches = null;
    this.#feeds = {};
    this.#inputs = [];
  }
}

let turn: Promise<unknown> = Promise.resolve();

/** onnxruntime's WebAssembly waits for the GPU in one call at a time, whichever session and device it belongs to. */
function inTurn<T>(call: () => Promise<T>): Promise<T> {
  const mine = turn.then(call);
  turn = mine.catch(() => undefined);
  return mine;
}

function typeOf(metadata: InferenceSession.ValueMetadata): ValueType {
  if (!metadata.isTensor || !isElementType(metadata.type))
    throw new Error(`Expected a tensor of numbers for ${metadata.name}.`);
  // No sizes at all stand for a scalar and for an unknown rank.
  const shape =
    metadata.shape.length === 0 ? null : metadata.shape.map((size) => (size === '' ? null : size));
  return { type: metadata.type, shape };
}

function unwrap(name: string, tensor: Tensor | undefined): GpuTensor {
  if (!tensor || !isElementType(tensor.type)) throw new Error(`onnxruntime gave no tensor for ${name}.`);
  return { type: tensor.type, dims: tensor.dims, buffer: tensor.gpuBuffer };
}
