import type { GpuStep } from '../../../../../kernels/webgpu';
import type { Graph, GraphSegment } from '../../graph';
import { customNode, type PreparedOperator } from '../../operators';
import { customLabel, valueOf, type RunnableSegment } from '../../segments';
import { byteCount, sameDims, type ValueType } from '../../tensor';
import type { GpuDevice } from './gpu-device';
import { prepareOperator } from './gpu-operators';
import type { GpuTensor } from './gpu-tensor';
import { SizeMemory } from './size-memory';
import { planSlots, type Lifetime } from './slots';

interface Plan {
  readonly inputs: readonly GpuTensor[];
  readonly outputs: readonly (readonly [name: string, tensor: GpuTensor])[];
  readonly steps: readonly GpuStep[];
  readonly buffers: readonly GPUBuffer[];
}

/** The part of a model that our shaders run: buffers and bindings are made once per inputs and used again. */
export class CustomSegment implements RunnableSegment<GpuTensor> {
  readonly label: string;
  readonly outputTypes: ReadonlyMap<string, ValueType>;
  readonly #gpu: GpuDevice;
  readonly #segment: GraphSegment;
  readonly #operators: readonly PreparedOperator<GpuStep, GpuTensor>[];
  readonly #plans = new SizeMemory<Plan>(({ buffers, steps }) => {
    for (const buffer of buffers) buffer.destroy();
    for (const step of steps) step.uniforms.destroy();
  });

  /** @throws Error for a node whose operator is unknown or whose attributes are wrong */
  constructor(gpu: GpuDevice, graph: Graph, segment: GraphSegment) {
    this.#gpu = gpu;
    this.#segment = segment;
    this.label = customLabel(segment, 'shaders');
    const prepared: PreparedOperator<GpuStep, GpuTensor>[] = [];
    try {
      for (const node of segment.nodes) prepared.push(prepareOperator(gpu.programs, customNode(graph, node)));
    } catch (error) {
      for (const operator of prepared) operator.dispose();
      throw error;
    }
    this.#operators = prepared;
    this.outputTypes = new Map(
      prepared.flatMap((operator) => operator.outputs.map(({ name, type }) => [name, type] as const)),
    );
  }

  async run(values: Map<string, GpuTensor>): Promise<void> {
    this.#gpu.submit(this.prepare(values), this.label);
  }

  /** As `run`, but what is to be done is for the caller to submit. */
  prepare(values: Map<string, GpuTensor>): readonly GpuStep[] {
    const inputs = this.#segment.inputs.map((name) => valueOf(values, name));
    const found = this.#plans.find((plan) =>
      inputs.every((input, index) => isSame(input, plan.inputs[index])),
    );
    const plan = found ?? this.#make(inputs);
    for (const [name, tensor] of plan.outputs) values.set(name, tensor);
    return plan.steps;
  }

  async close(): Promise<void> {
    this.#plans.close();
    for (const operator of this.#operators) operator.dispose();
  }

  #make(inputs: readonly GpuTensor[]): Plan {
    // Large old buffers go before the new ones come.
    this.#plans.makeRoom();
    const operators = this.#operators;
    const kept = new Set(this.#segment.outputs);
    const lastRead = new Map<string, number>();
    for (const [step, operator] of operators.entries())
      for (const name of operator.inputs) lastRead.set(name, step);
    for (const name of kept) lastRead.set(name, operators.length);

    const dims = new Map(this.#segment.inputs.map((name, index) => [name, inputs[index]?.dims ?? []]));
    const made: { readonly name: string; readonly type: GpuTensor['type'] }[] = [];
    const lives: Lifetime[] = [];
    for (const [step, operator] of operators.entries()) {
      const sizes = operator.infer(operator.inputs.map((name) => dims.get(name) ?? []));
      for (const [position, { name, type }] of operator.outputs.entries()) {
        const size = sizes[position] ?? [];
        dims.set(name, size);
        made.push({ name, type: type.type });
        lives.push({ bytes: byteCount(type.type, size), from: step, to: lastRead.get(name) ?? step });
      }
    }
    const { sizes, slots } = planSlots(lives);
    const buffers = sizes.map((bytes) => this.#gpu.buffer(bytes, this.label));
    const tensors = new Map<string, GpuTensor>();
    this.#segment.inputs.forEach((name, index) => {
      const input = inputs[index];
      if (input) tensors.set(name, input);
    });
    made.forEach(({ name, type }, index) => {
      const buffer = buffers[slots[index] ?? 0];
      if (buffer) tensors.set(name, { type, dims: dims.get(name) ?? [], buffer });
    });
    const steps = operators.map((operator) =>
      operator.bind(
        operator.inputs.map((name) => valueOf(tensors, name)),
        operator.outputs.map(({ name }) => valueOf(tensors, name)),
      ),
    );
    const outputs = this.#segment.outputs.map((name) => [name, valueOf(tensors, name)] as const);
    const plan = { inputs, outputs, steps, buffers };
    this.#plans.add(
      plan,
      sizes.reduce((sum, bytes) => sum + bytes, 0),
    );
    return plan;
  }
}

function isSame(a: GpuTensor, b: GpuTensor | undefined): boolean {
  return b !== undefined && a.buffer === b.buffer && sameDims(a.dims, b.dims);
}
