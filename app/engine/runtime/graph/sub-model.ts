import type { ValueType } from '../tensor';
import { CUSTOM_DOMAIN, type Graph } from './graph';
import { elementTypeCode, elementTypeOf, ModelProto, type ValueInfoProto } from './onnx';
import type { GraphSegment } from './partition';

/**
 * A standard segment as an ONNX model of its own. Its inputs need a type (`typeOf`); its outputs
 * don't: onnxruntime infers them, and tells them once the model is loaded.
 */
export function subModel(
  graph: Graph,
  segment: GraphSegment,
  typeOf: (name: string) => ValueType,
): Uint8Array {
  const { model } = graph;
  const constants = new Set(segment.nodes.flatMap((node) => node.constants));
  const inside = new Set(segment.nodes.flatMap((node) => node.outputs));
  for (const name of segment.outputs) inside.delete(name);
  return ModelProto.encode({
    ...model,
    opsetImport: (model.opsetImport ?? []).filter((opset) => opset.domain !== CUSTOM_DOMAIN),
    graph: {
      name: model.graph?.name ?? '',
      node: segment.nodes.map((node) => node.proto),
      initializer: [...constants].flatMap((name) => graph.constants.get(name) ?? []),
      input: segment.inputs.map((name) => valueInfo(name, typeOf(name))),
      output: segment.outputs.map((name) => ({ name })),
      valueInfo: (model.graph?.valueInfo ?? []).filter((info) => inside.has(info.name ?? '')),
      quantizationAnnotation: model.graph?.quantizationAnnotation ?? [],
    },
  }).finish();
}

/**
 * Types of what the graph has to be fed, as the file states them.
 *
 * @throws Error for an input that is no tensor of numbers
 */
export function inputTypes(graph: Graph): Map<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const info of graph.model.graph?.input ?? []) {
    const name = info.name ?? '';
    if (!graph.inputs.includes(name)) continue;
    const tensor = info.type?.tensorType;
    const type = elementTypeOf(tensor?.elemType);
    if (!type) throw new Error(`Expected a tensor of numbers for the input ${name}.`);
    const shape = tensor?.shape?.dim?.map((dim) => dim.dimParam || Number(dim.dimValue ?? 0) || null);
    types.set(name, { type, shape: shape ?? null });
  }
  return types;
}

function valueInfo(name: string, { type, shape }: ValueType): ValueInfoProto {
  const dim = shape?.map((size) =>
    typeof size === 'string' ? { dimParam: size } : size === null ? {} : { dimValue: size },
  );
  return {
    name,
    type: { tensorType: { elemType: elementTypeCode(type), ...(dim ? { shape: { dim } } : {}) } },
  };
}
