import { ModelProto, type GraphProto, type NodeProto } from './onnx';

const INT32 = 6;
const INT64 = 7;
/** Of one type throughout. */
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Min', 'Max', 'Concat']);
/** Of their first input's type; the others say where. */
const MOVING = new Set([
  'Gather',
  'Slice',
  'Unsqueeze',
  'Squeeze',
  'Reshape',
  'Transpose',
  'Expand',
  'Identity',
]);

/**
 * A model whose whole numbers have 32 bits where they are made of floats, to be used as indices: onnxruntime's WebGPU provider
 * computes with none of 64, so that these would cross to the processor and back in the middle of the model. Null where there
 * are none. What comes of sizes keeps its 64 bits, and is cast where both meet.
 */
export function narrowIndices(model: Uint8Array): Uint8Array | null {
  const proto = ModelProto.decode(model);
  const { graph } = proto;
  if (!graph) return null;
  const narrow = narrowedBy(graph.node ?? [], new Set((graph.output ?? []).map(({ name }) => name ?? '')));
  if (!narrow) return null;
  const changed: GraphProto = {
    ...graph,
    node: narrow,
    // What the file says of types between nodes may not hold any more.
    valueInfo: [],
  };
  return ModelProto.encode({ ...proto, graph: changed }).finish();
}

/** Nodes in an order in which they can run, of whose values `outputs` have to stay what they are. */
function narrowedBy(nodes: readonly NodeProto[], outputs: ReadonlySet<string>): NodeProto[] | null {
  const narrow = new Set<string>();
  const made: NodeProto[] = [];
  const casts = new Map<string, string>();
  /** `name` with another number of bits. */
  const cast = (name: string, to: number): string => {
    const key = `${name} as ${to === INT32 ? 'int32' : 'int64'}`;
    if (!casts.has(key)) {
      made.push({
        opType: 'Cast',
        input: [name],
        output: [key],
        attribute: [{ name: 'to', type: 2, i: to }],
      });
      casts.set(key, key);
    }
    return key;
  };
  const sizes = sizesOf(nodes);
  for (const node of nodes) {
    const { opType = '', input = [], output = [] } = node;
    const [first = ''] = input ?? [];
    const [result = ''] = output ?? [];
    const to = Number(node.attribute?.find(({ name }) => name === 'to')?.i ?? 0);
    if (opType === 'Cast' && to === INT64 && !sizes.has(first) && !outputs.has(result)) {
      made.push({ ...node, attribute: [{ name: 'to', type: 2, i: INT32 }] });
      narrow.add(result);
      continue;
    }
    const touched = (input ?? []).some((name) => narrow.has(name));
    if (!touched || opType === 'Cast') {
      made.push(node);
      continue;
    }
    const follows =
      !outputs.has(result) &&
      (ARITHMETIC.has(opType ?? '') || (MOVING.has(opType ?? '') && narrow.has(first)));
    const inputs = (input ?? []).map((name, index) => {
      if (follows) {
        const own = ARITHMETIC.has(opType ?? '') || index === 0;
        return own && !narrow.has(name) ? cast(name, INT32) : name;
      }
      // Of what says where, both sizes will do.
      return narrow.has(name) && !(opType === 'Gather' && index === 1) ? cast(name, INT64) : name;
    });
    if (follows) narrow.add(result);
    made.push({ ...node, input: inputs });
  }
  return narrow.size > 0 ? made : null;
}

/** Values that are made of sizes of others alone, which the processor knows beforehand. */
function sizesOf(nodes: readonly NodeProto[]): ReadonlySet<string> {
  const sizes = new Set<string>();
  const inputs = new Set<string>();
  for (const { output } of nodes) for (const name of output ?? []) inputs.add(name);
  for (const { opType, input, output } of nodes) {
    const read = (input ?? []).filter((name) => inputs.has(name));
    if (opType === 'Shape' || (read.length > 0 && read.every((name) => sizes.has(name))))
      for (const name of output ?? []) sizes.add(name);
  }
  return sizes;
}
