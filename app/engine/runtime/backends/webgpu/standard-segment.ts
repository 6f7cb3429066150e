/// <reference types="@webgpu/types" />
import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-common';
import { DeviceError } from '../../../../shared';
import { narrowIndices, type GraphSegment } from '../../graph';
import { standardLabel, valueOf, type RunnableSegment } from '../../segments';
import { byteCount, isElementType, sameDims, type ValueType } from '../../tensor';
import type { GpuDevice } from './gpu-device';
import type { GpuTensor } from './gpu-tensor';
import { SizeMemory } from './size-memory';

/** What of `onnxruntime-web/webgpu` is needed; the host loads it when the first standard segment wants it. */
export interface WebRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: Pick<TensorConstructor, 'fromGpuBuffer'>;
}

/** Tensors of the runs with inputs of the same sizes. */
interface Run {
  readonly dims: readonly (readonly number[])[];
  inputs: readonly GpuTensor[];
  readonly feeds: Record<string, Tensor>;
  /** Outputs of the first run: later ones write into them. */
  fetches: Record<string, Tensor> | null;
}

/** The part of a model that onnxruntime's WebGPU provider runs, on our device. */
export class StandardSegment implements RunnableSegment<GpuTensor> {
  readonly label: string;
  readonly outputTypes: ReadonlyMap<string, ValueType>;
  readonly #gpu: GpuDevice;
  readonly #runtime: WebRuntime;
  readonly #segment: GraphSegment;
  /** The model, where sizes of its inputs have to be known for all of it to run on the GPU. */
  readonly #unsized: Uint8Array | null;
  /** Sizes of its inputs that have names, but for those of batches. */
  readonly #named: readonly { readonly input: number; readonly axis: number; readonly name: string }[];
  #session: InferenceSession;
  /** That the session is for, by their names. */
  #sizes: Readonly<Record<string, number>> = {};
  readonly #runs = new SizeMemory<Run>(({ fetches }) => {
    for (const tensor of Object.values(fetches ?? {})) tensor.dispose();
  });

  private constructor(
    gpu: GpuDevice,
    runtime: WebRuntime,
    session: InferenceSession,
    segment: GraphSegment,
    unsized: Uint8Array | null,
  ) {
    this.#gpu = gpu;
    this.#runtime = runtime;
    this.#session = session;
    this.#segment = segment;
    this.#unsized = unsized;
    this.#named = session.inputMetadata.flatMap((metadata) => {
      const input = segment.inputs.indexOf(metadata.name);
      const shape = metadata.isTensor ? metadata.shape : [];
      return shape.flatMap((name, axis) =>
        axis > 0 && typeof name === 'string' && name !== '' ? [{ input, axis, name }] : [],
      );
    });
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
    const narrow = narrowIndices(model);
    const session = await openSession(gpu, runtime, narrow ?? model, {});
    return new StandardSegment(gpu, runtime, session, segment, narrow);
  }

  async run(values: Map<string, GpuTensor>): Promise<void> {
    const inputs = this.#segment.inputs.map((name) => valueOf(values, name));
    await this.#settleSizes(inputs);
    const run = this.#wrapped(inputs);
    const before = run.fetches;
    const fetches = await this.#infer(run);
    if (!before) {
      run.fetches = fetches;
      const outputs = Object.entries(fetches).map(([name, tensor]) => unwrap(name, tensor));
      this.#runs.add(
        run,
        outputs.reduce((sum, { type, dims }) => sum + byteCount(type, dims), 0),
      );
    }
    for (const name of this.#segment.outputs) values.set(name, unwrap(name, fetches[name]));
  }

  async close(): Promise<void> {
    this.#runs.close();
    await this.#session.release();
  }

  /**
   * Has a session for the sizes of pictures, which stay the same through a job: what is computed of them is then known
   * beforehand. How many there are of what a batch holds may differ from call to call.
   */
  async #settleSizes(inputs: readonly GpuTensor[]): Promise<void> {
    if (!this.#unsized) return;
    const sizes = Object.fromEntries(
      this.#named.map(({ input, axis, name }) => [name, inputs[input]?.dims[axis] ?? 0]),
    );
    if (Object.entries(sizes).every(([name, size]) => this.#sizes[name] === size)) return;
    const session = await openSession(this.#gpu, this.#runtime, this.#unsized, sizes);
    this.#runs.close();
    await this.#session.release();
    this.#session = session;
    this.#sizes = sizes;
  }

  async #infer({ feeds, fetches }: Run): Promise<Record<string, Tensor>> {
    try {
      const running = inTurn(() => (fetches ? this.#session.run(feeds, fetches) : this.#session.run(feeds)));
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

  /** The run for inputs of these sizes, with these. */
  #wrapped(inputs: readonly GpuTensor[]): Run {
    const dims = inputs.map((input) => input.dims);
    const run = this.#runs.find((one) => one.dims.every((size, index) => sameDims(size, dims[index] ?? [])));
    if (!run) this.#runs.makeRoom();
    const feeds: Record<string, Tensor> = run?.feeds ?? {};
    const before = run?.inputs ?? [];
    this.#segment.inputs.forEach((name, index) => {
      const input = inputs[index];
      if (!input || before[index]?.buffer === input.buffer) return;
      const { type: dataType, dims: size } = input;
      if (dataType === 'float64' || dataType === 'int16' || dataType === 'uint16' || dataType === 'int8')
        throw new Error(`onnxruntime takes no ${dataType} from a GPU, for ${name}.`);
      feeds[name] = this.#runtime.Tensor.fromGpuBuffer(input.buffer, { dataType, dims: size });
    });
    if (!run) return { dims, inputs, feeds, fetches: null };
    run.inputs = inputs;
    return run;
  }
}

/** A session on our device, for these sizes where they are named. */
function openSession(
  gpu: GpuDevice,
  { InferenceSession }: WebRuntime,
  model: Uint8Array,
  freeDimensionOverrides: Readonly<Record<string, number>>,
): Promise<InferenceSession> {
  const creating = inTurn(() =>
    InferenceSession.create(model, {
      executionProviders: [{ name: 'webgpu', device: gpu.device, preferredLayout: 'NCHW' }],
      preferredOutputLocation: 'gpu-buffer',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      freeDimensionOverrides,
    }),
  );
  return gpu.settle(creating);
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
