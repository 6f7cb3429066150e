import { DeviceError } from '../../../../shared';
import type { Graph, GraphSegment } from '../../graph';
import { customNode, type OperatorSet, type PreparedOperator } from '../../operators';
import { allocate, byteCount, sameDims, tensorOver, type HostTensor, type ValueType } from '../../tensor';
import { planArena, type Lifetime } from './arena';
import { valueOf, type RunnableSegment } from './segment';

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
    const operators = segment.nodes.map((node) => node.proto.opType ?? '');
    this.label = `kernels: ${segment.nodes.length} × ${[...new Set(operators)].join(', ')}`;
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
    const dims = new Map<string, readonly number[]>();
    this.#segment.inputs.forEach((name, index) => dims.set(name, inputs[index]?.dims ?? []));
    const made: { readonly name: string; readonly type: ValueType['type']; life: Lifetime }[] = [];
    for (const [index, operator] of this.#operators.entries()) {
      const sizes = operator.infer(operator.inputs.map((name) => dims.get(name) ?? []));
      for (const [position, { name, type }] of operator.outputs.entries()) {
        const size = sizes[position] ?? [];
        dims.set(name, size);
        made.push({
          name,
          type: type.type,
          life: { bytes: byteCount(type.type, size), from: index, to: index },
        });
      }
    }
    const lastRead = new Map<string, number>();
    for (const [index, operator] of this.#operators.entries())
      for (const name of operator.inputs) lastRead.set(name, index);
    for (const name of this.#segment.outputs) lastRead.set(name, this.#operators.length);
    for (const value of made)
      value.life = { ...value.life, to: Math.max(value.life.to, lastRead.get(value.name) ?? 0) };

    const arena = planArena(made.map((value) => value.life));
    const memory = reusable ?? allocate(arena.bytes);
    const tensors = new Map<string, HostTensor>();
    this.#segment.inputs.forEach((name, index) => {
      const input = inputs[index];
      if (input) tensors.set(name, input);
    });
    for (const [index, { name, type }] of made.entries())
      tensors.set(name, tensorOver(type, dims.get(name) ?? [], memory, arena.offsets[index] ?? 0));
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
