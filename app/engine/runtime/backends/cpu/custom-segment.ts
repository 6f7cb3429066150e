import { DeviceError } from '../../../../shared';
import type { Graph, GraphSegment } from '../../graph';
import { customNode, type OperatorSet, type PreparedOperator } from '../../operators';
import { customLabel, valueOf, type RunnableSegment } from '../../segments';
import { allocate, sameDims, tensorOver, type HostTensor, type ValueType } from '../../tensor';
import { planBuffers } from './buffer-plan';

interface Plan<S> {
  readonly inputs: readonly HostTensor[];
  readonly outputs: readonly (readonly [name: string, tensor: HostTensor])[];
  readonly memory: ArrayBuffer;
  readonly steps: readonly S[];
}

/** The part of a model that our kernels run: all its nodes in one call, on buffers planned once per input size. */
export class CustomSegment<S> implements RunnableSegment {
  readonly label: string;
  readonly outputTypes: ReadonlyMap<string, ValueType>;
  readonly #segment: GraphSegment;
  readonly #operators: readonly PreparedOperator<S>[];
  readonly #run: (steps: readonly S[]) => Promise<void>;
  #plan: Plan<S> | null = null;

  /** @throws Error for a node whose operator is unknown or whose attributes are wrong */
  constructor(graph: Graph, segment: GraphSegment, set: OperatorSet<S>) {
    this.#segment = segment;
    this.label = customLabel(segment, 'kernels');
    this.#run = (steps) => set.run(steps);
    const prepared: PreparedOperator<S>[] = [];
    try {
      for (const node of segment.nodes) {
        const wanted = customNode(graph, node);
        const prepare = set.operators.get(wanted.opType);
        if (!prepare) throw new Error(`This version of Clearcut has no operator ${wanted.opType}.`);
        prepared.push(prepare(wanted));
      }
    } catch (error) {
      for (const operator of prepared) operator.dispose();
      throw error;
    }
    this.#operators = prepared;
    this.outputTypes = new Map(
      prepared.flatMap((operator) => operator.outputs.map(({ name, type }) => [name, type] as const)),
    );
  }

  async run(values: Map<string, HostTensor>): Promise<void> {
    const inputs = this.#segment.inputs.map((name) => valueOf(values, name));
    this.#plan = this.#planFor(inputs);
    try {
      await this.#run(this.#plan.steps);
    } catch (cause) {
      // The kernels' word for lack of memory.
      if (!(cause instanceof RangeError)) throw cause;
      throw new DeviceError('device-out-of-memory', 'There is no memory for this size.', { cause });
    }
    for (const [name, tensor] of this.#plan.outputs) values.set(name, tensor);
  }

  async close(): Promise<void> {
    this.#plan = null;
    for (const operator of this.#operators) operator.dispose();
  }

  #planFor(inputs: readonly HostTensor[]): Plan<S> {
    const last = this.#plan;
    const same = last && inputs.every((input, index) => sameDims(input.dims, last.inputs[index]?.dims ?? []));
    if (same && inputs.every((input, index) => input.data === last.inputs[index]?.data)) return last;
    // The old buffers go before the new ones come.
    if (!same) this.#plan = null;
    return this.#makePlan(inputs, same ? last.memory : null);
  }

  #makePlan(inputs: readonly HostTensor[], reusable: ArrayBuffer | null): Plan<S> {
    const dims = new Map(
      this.#segment.inputs.map((name, index) => [name, inputs[index]?.dims ?? []] as const),
    );
    const { values, bytes } = planBuffers(this.#operators, dims, this.#segment.outputs);
    const memory = reusable ?? allocate(bytes);
    const tensors = new Map<string, HostTensor>();
    this.#segment.inputs.forEach((name, index) => {
      const input = inputs[index];
      if (input) tensors.set(name, input);
    });
    for (const { name, type, dims: size, offset } of values)
      tensors.set(name, tensorOver(type, size, memory, offset));
    const steps = this.#operators.map((operator) =>
      operator.bind(
        operator.inputs.map((name) => valueOf(tensors, name)),
        operator.outputs.map(({ name }) => valueOf(tensors, name)),
      ),
    );
    const outputs = this.#segment.outputs.map((name) => [name, valueOf(tensors, name)] as const);
    return { inputs, outputs, memory, steps };
  }
}
