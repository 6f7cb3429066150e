import { constantTensor, type AttributeProto, type Graph, type GraphNode } from '../graph';
import type { CustomNode } from './operator';

/** What an operator needs to know of a node of `graph`. */
export function customNode(graph: Graph, { proto }: GraphNode): CustomNode {
  const opType = proto.opType ?? '';
  const name = proto.name || `${opType} ${proto.output?.[0] ?? ''}`;
  const inputs = (proto.input ?? []).map((input) => input || null);
  return {
    name,
    opType,
    inputs,
    outputs: proto.output ?? [],
    attributes: new Map(
      (proto.attribute ?? []).map((attribute) => [attribute.name ?? '', valueOf(attribute)]),
    ),
    constant: (index) => {
      const tensor = constantTensor(graph, inputs[index] ?? '');
      if (!tensor) throw new Error(`Expected a constant for input ${index} of ${name}.`);
      return tensor;
    },
  };
}

/** AttributeProto.AttributeType: FLOAT 1, INT 2, STRING 3, FLOATS 6, INTS 7. */
function valueOf(attribute: AttributeProto): number | string | readonly number[] {
  switch (Number(attribute.type)) {
    case 1:
      return attribute.f ?? 0;
    case 2:
      return Number(attribute.i ?? 0);
    case 3:
      return new TextDecoder().decode(attribute.s ?? new Uint8Array());
    case 6:
      return attribute.floats ?? [];
    case 7:
      return (attribute.ints ?? []).map(Number);
    default:
      throw new Error(`Expected a number, a text or numbers for the attribute ${attribute.name ?? ''}.`);
  }
}
