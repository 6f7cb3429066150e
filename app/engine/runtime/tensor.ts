import { DeviceError } from '../../shared';

/** Element types that pass between segments, by onnxruntime's names, with the typed array that holds them. */
export interface ElementArrays {
  float32: Float32Array;
  float64: Float64Array;
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  uint32: Uint32Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
}
export type ElementType = keyof ElementArrays;
export type ElementArray = ElementArrays[ElementType];

/** A tensor in the host's memory, dense, last dimension fastest. */
export interface HostTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: ElementArray;
}

/** A tensor that stayed on the device that made it; plain data, for the device may be another process's. */
export interface KeptTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** No two have the same number. */
  readonly kept: number;
}

/** What models read and make. */
export type ModelTensor = HostTensor | KeptTensor;

/** `tensor`, which must lie in the host's memory. */
export function onHost(tensor: ModelTensor): HostTensor {
  if ('kept' in tensor) throw new Error('Expected a tensor in the host’s memory.');
  return tensor;
}

/** What is known of a value before it is computed; null for an unknown rank or size. */
export interface ValueType {
  readonly type: ElementType;
  readonly shape: readonly (number | string | null)[] | null;
}

interface ElementArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): ElementArray;
}

const CLASSES: Readonly<Record<ElementType, ElementArrayClass>> = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};

export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(CLASSES, name);
}

/** Number of elements of a tensor of size `dims`. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

export function byteCount(type: ElementType, dims: readonly number[]): number {
  return elementCount(dims) * CLASSES[type].BYTES_PER_ELEMENT;
}

export function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, index) => size === b[index]);
}

/** A tensor over `buffer`, from `byteOffset` on. */
export function tensorOver(
  type: ElementType,
  dims: readonly number[],
  buffer: ArrayBuffer,
  byteOffset: number,
): HostTensor {
  return { type, dims, data: new CLASSES[type](buffer, byteOffset, elementCount(dims)) };
}

/**
 * Memory for `bytes` bytes, zeroed.
 *
 * @throws DeviceError device-out-of-memory
 */
export function allocate(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw new DeviceError('device-out-of-memory', `There is no memory for a buffer of ${bytes} bytes.`, {
      cause,
    });
  }
}
