import type { PreparedOperator } from '../../operators';
import { byteCount, type ElementType } from '../../tensor';
import { planArena, type Lifetime } from './arena';

/** A value that a custom segment makes, and where it lies in the segment's memory. */
export interface PlacedValue {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly offset: number;
}

export interface BufferPlan {
  readonly values: readonly PlacedValue[];
  readonly bytes: number;
}

/**
 * Places what `operators` (in run order) make of inputs of sizes `inputDims`. Values are kept until
 * they are last read, those in `kept` to the end. An output takes over the buffer of an input where
 * the operator allows it and nothing reads that input later.
 */
export function planBuffers<S>(
  operators: readonly PreparedOperator<S>[],
  inputDims: ReadonlyMap<string, readonly number[]>,
  kept: readonly string[],
): BufferPlan {
  const lastRead = new Map<string, number>();
  for (const [step, operator] of operators.entries())
    for (const name of operator.inputs) lastRead.set(name, step);
  for (const name of kept) lastRead.set(name, operators.length);

  const dims = new Map(inputDims);
  const buffers: Lifetime[] = [];
  const made = new Map<string, { readonly type: ElementType; readonly buffer: number }>();
  for (const [step, operator] of operators.entries()) {
    const sizes = operator.infer(operator.inputs.map((name) => dims.get(name) ?? []));
    for (const [position, { name, type: valueType }] of operator.outputs.entries()) {
      const { type } = valueType;
      const size = sizes[position] ?? [];
      const bytes = byteCount(type, size);
      const to = Math.max(step, lastRead.get(name) ?? step);
      const taken = position === 0 ? overwritable(operator, step, lastRead) : null;
      const source = taken === null ? undefined : made.get(taken);
      const old = source && buffers[source.buffer];
      if (source && old && source.type === type && old.bytes === bytes) {
        buffers[source.buffer] = { ...old, to };
        made.set(name, { type, buffer: source.buffer });
      } else {
        made.set(name, { type, buffer: buffers.length });
        buffers.push({ bytes, from: step, to });
      }
      dims.set(name, size);
    }
  }
  const { bytes, offsets } = planArena(buffers);
  const values = [...made].map(([name, { type, buffer }]) => ({
    name,
    type,
    dims: dims.get(name) ?? [],
    offset: offsets[buffer] ?? 0,
  }));
  return { values, bytes };
}

/** The input whose buffer the first output may take over, read at this step for the last time and only once. */
function overwritable<S>(
  operator: PreparedOperator<S>,
  step: number,
  lastRead: ReadonlyMap<string, number>,
): string | null {
  const name = operator.inPlace === undefined ? undefined : operator.inputs[operator.inPlace];
  if (name === undefined || lastRead.get(name) !== step) return null;
  return operator.inputs.filter((input) => input === name).length === 1 ? name : null;
}
