import { inputTypes, partition, subModel, type Graph, type GraphSegment } from './graph';
import type { HostTensor, ValueType } from './tensor';

/** A part of a model that runs as a whole, on tensors `T`. */
export interface RunnableSegment<T = HostTensor> {
  /** What it is, for measurements. */
  readonly label: string;
  /** What is known of its outputs before it runs. */
  readonly outputTypes: ReadonlyMap<string, ValueType>;
  /** Reads its inputs from `values` and puts its outputs there; they stay valid until it runs again. */
  run(values: Map<string, T>): Promise<void>;
  close(): Promise<void>;
}

export interface SegmentTiming {
  /** `onnxruntime: Conv … Transpose`, `kernels: 16 × Adder2d` */
  readonly label: string;
  readonly seconds: number;
}

/** What makes the segments of a backend. */
export interface SegmentMakers<T> {
  custom(part: GraphSegment): Promise<RunnableSegment<T>> | RunnableSegment<T>;
  /** `model` is the part as a model of its own. */
  standard(model: Uint8Array, part: GraphSegment): Promise<RunnableSegment<T>>;
}

/** Makes the segments of a graph in the order in which they run, so that each knows the types of what goes into it. */
export async function openSegments<T>(graph: Graph, makers: SegmentMakers<T>): Promise<RunnableSegment<T>[]> {
  const types = new Map<string, ValueType>(inputTypes(graph));
  const typeOf = (name: string): ValueType => {
    const type = types.get(name);
    if (!type) throw new Error(`Nothing tells the type of ${name}.`);
    return type;
  };
  const segments: RunnableSegment<T>[] = [];
  try {
    for (const part of partition(graph)) {
      const segment =
        part.kind === 'custom'
          ? await makers.custom(part)
          : await makers.standard(subModel(graph, part, typeOf), part);
      segments.push(segment);
      for (const [name, type] of segment.outputTypes) types.set(name, type);
    }
    return segments;
  } catch (error) {
    for (const segment of segments) await segment.close();
    throw error;
  }
}

/** The tensor called `name`, which an earlier segment or the caller has put there. */
export function valueOf<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (!value) throw new Error(`Nothing gave a value for ${name}.`);
  return value;
}

/** `kernels: 16 × Adder2d` */
export function customLabel(part: GraphSegment, by: string): string {
  const operators = part.nodes.map((node) => node.proto.opType ?? '');
  return `${by}: ${part.nodes.length} × ${[...new Set(operators)].join(', ')}`;
}

/** `onnxruntime: Conv … Transpose` */
export function standardLabel(part: GraphSegment): string {
  const operators = part.nodes.map((node) => node.proto.opType ?? '');
  return `onnxruntime: ${[...new Set([operators[0], operators.at(-1)])].join(' … ')}`;
}
