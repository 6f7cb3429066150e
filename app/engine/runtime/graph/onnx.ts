// onnx-proto is CommonJS without named exports that Node's loader could see.
import onnxProto, { type onnx } from 'onnx-proto';
import { allocate, byteCount, isElementType, tensorOver, type ElementType, type HostTensor } from '../tensor';

export const { ModelProto, TensorProto } = onnxProto.onnx;
export type ModelProto = onnx.IModelProto;
export type GraphProto = onnx.IGraphProto;
export type NodeProto = onnx.INodeProto;
export type TensorProto = onnx.ITensorProto;
export type ValueInfoProto = onnx.IValueInfoProto;
export type AttributeProto = onnx.IAttributeProto;

/** ONNX's numbers of element types (TensorProto.DataType), and the field that holds them when they are not raw. */
const TYPES: Readonly<Record<ElementType, { code: number; field: keyof onnx.ITensorProto }>> = {
  float32: { code: 1, field: 'floatData' },
  uint8: { code: 2, field: 'int32Data' },
  int8: { code: 3, field: 'int32Data' },
  uint16: { code: 4, field: 'int32Data' },
  int16: { code: 5, field: 'int32Data' },
  int32: { code: 6, field: 'int32Data' },
  int64: { code: 7, field: 'int64Data' },
  bool: { code: 9, field: 'int32Data' },
  float64: { code: 11, field: 'doubleData' },
  uint32: { code: 12, field: 'uint64Data' },
};

/** ONNX's number of an element type. */
export function elementTypeCode(type: ElementType): number {
  return TYPES[type].code;
}

/** The element type with ONNX's number `code`; undefined for one that can't pass between segments. */
export function elementTypeOf(code: number | null | undefined): ElementType | undefined {
  return Object.keys(TYPES)
    .filter(isElementType)
    .find((name) => TYPES[name].code === code);
}

/**
 * The tensor in `proto` (an initializer or a constant).
 *
 * @throws Error for element types that don't pass between segments and for data outside the file
 */
export function readTensor(proto: TensorProto): HostTensor {
  const type = elementTypeOf(proto.dataType);
  const name = proto.name ?? '';
  if (!type) throw new Error(`Expected a number type for ${name} but received ${String(proto.dataType)}.`);
  if (proto.dataLocation) throw new Error(`Expected the data of ${name} inside the file.`);
  const dims = (proto.dims ?? []).map(Number);
  const bytes = byteCount(type, dims);
  const buffer = allocate(bytes);
  const raw = proto.rawData;
  if (raw && raw.length > 0) {
    if (raw.length !== bytes)
      throw new Error(`Expected ${bytes} bytes for ${name} but received ${raw.length}.`);
    new Uint8Array(buffer).set(raw);
    return tensorOver(type, dims, buffer, 0);
  }
  const tensor = tensorOver(type, dims, buffer, 0);
  const values = (proto[TYPES[type].field] ?? []) as readonly (number | bigint)[];
  if (values.length !== tensor.data.length)
    throw new Error(`Expected ${tensor.data.length} values for ${name} but received ${values.length}.`);
  values.forEach((value, index) => {
    if (tensor.data instanceof BigInt64Array) tensor.data[index] = BigInt(String(value));
    else tensor.data[index] = Number(value);
  });
  return tensor;
}
