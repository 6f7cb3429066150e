import {
  ModelProto,
  readTensor,
  TensorProto,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
} from './onnx';
import type { HostTensor } from '../tensor';

/** Domain of our own operators. */
export const CUSTOM_DOMAIN = 'clearcut';

export interface GraphNode {
  readonly proto: NodeProto;
  /** Computed by our kernels, not by onnxruntime. */
  readonly custom: boolean;
  /** Values that it waits for: its inputs and what its subgraphs capture, constants left out. */
  readonly dependencies: readonly string[];
  /** Constants that it reads, by name. */
  readonly constants: readonly string[];
  readonly outputs: readonly string[];
}

/** A model's graph, nodes in an order in which they can run; those that no output needs are left out. */
export interface Graph {
  readonly model: ModelProto;
  readonly nodes: readonly GraphNode[];
  /** Initializers, and the tensors of `Constant` nodes (which are no longer among the nodes). */
  readonly constants: ReadonlyMap<string, TensorProto>;
  /** Names of what has to be fed. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Parses `bytes` of an ONNX file.
 *
 * @throws Error where the graph has a cycle, a value that nothing makes, or a custom node in a subgraph
 */
export function readGraph(bytes: Uint8Array): Graph {
  const model = ModelProto.decode(bytes);
  const { graph } = model;
  if (!graph) throw new Error('The model holds no graph.');
  const constants = new Map<string, TensorProto>();
  for (const tensor of graph.initializer ?? []) constants.set(tensor.name ?? '', tensor);
  const protos = (graph.node ?? []).filter((node) => {
    const constant = node.opType === 'Constant' && !node.domain ? constantOf(node) : null;
    if (constant) constants.set(node.output?.[0] ?? '', constant);
    return !constant;
  });
  const nodes = protos.map((proto): GraphNode => {
    const captured = (proto.attribute ?? []).flatMap(capturedBy);
    const read = [...new Set([...(proto.input ?? []), ...captured])].filter((name) => name !== '');
    return {
      proto,
      custom: proto.domain === CUSTOM_DOMAIN,
      dependencies: read.filter((name) => !constants.has(name)),
      constants: read.filter((name) => constants.has(name)),
      outputs: (proto.output ?? []).filter((name) => name !== ''),
    };
  });
  const inputs = names(graph.input).filter((name) => !constants.has(name));
  const outputs = names(graph.output);
  return { model, nodes: needed(inRunOrder(nodes, inputs), outputs), constants, inputs, outputs };
}

/** The tensor of the constant called `name`, or null if it is none. */
export function constantTensor(graph: Graph, name: string): HostTensor | null {
  const proto = graph.constants.get(name);
  return proto ? readTensor(proto) : null;
}

function names(values: readonly { name?: string | null }[] | null | undefined): string[] {
  return (values ?? []).map((value) => value.name ?? '');
}

/** The tensor of a `Constant` node under its output's name; null for the rare forms, which stay nodes. */
function constantOf(node: NodeProto): TensorProto | null {
  const value = node.attribute?.find((attribute) => attribute.name === 'value')?.t;
  return value ? TensorProto.create({ ...value, name: node.output?.[0] ?? '' }) : null;
}

/** Outer values that the subgraphs of `attribute` (of If, Loop, Scan) read. */
function capturedBy(attribute: AttributeProto): string[] {
  const subgraphs = [...(attribute.g ? [attribute.g] : []), ...(attribute.graphs ?? [])];
  return subgraphs.flatMap(capturedBySubgraph);
}

function capturedBySubgraph(subgraph: GraphProto): string[] {
  const own = new Set([...names(subgraph.input), ...names(subgraph.initializer)]);
  const read: string[] = [];
  for (const node of subgraph.node ?? []) {
    if (node.domain === CUSTOM_DOMAIN)
      throw new Error(`The operator ${node.opType ?? ''} can't stand inside a subgraph.`);
    read.push(...(node.input ?? []), ...(node.attribute ?? []).flatMap(capturedBy));
    for (const name of node.output ?? []) own.add(name);
  }
  read.push(...names(subgraph.output));
  return read.filter((name) => !own.has(name));
}

/** Kahn's algorithm; nodes keep their order in the file as far as they can. */
function inRunOrder(nodes: readonly GraphNode[], inputs: readonly string[]): GraphNode[] {
  const known = new Set(inputs);
  const order: GraphNode[] = [];
  let waiting = nodes;
  while (waiting.length > 0) {
    const blocked: GraphNode[] = [];
    for (const node of waiting) {
      if (!node.dependencies.every((name) => known.has(name))) {
        blocked.push(node);
        continue;
      }
      order.push(node);
      for (const name of node.outputs) known.add(name);
    }
    if (blocked.length === waiting.length) {
      const name = blocked[0]?.proto.name ?? blocked[0]?.proto.opType ?? '';
      throw new Error(`The graph has a cycle, or nothing makes an input of ${name}.`);
    }
    waiting = blocked;
  }
  return order;
}

function needed(ordered: readonly GraphNode[], outputs: readonly string[]): GraphNode[] {
  const wanted = new Set(outputs);
  const kept = ordered.toReversed().filter((node) => {
    const used = node.outputs.some((name) => wanted.has(name));
    if (used) for (const name of node.dependencies) wanted.add(name);
    return used;
  });
  return kept.reverse();
}
