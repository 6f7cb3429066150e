import type { ElementType, HostTensor } from '../tensor';
import type { Attributes, CustomNode } from './operator';

// What operators read of their nodes. Each throws an Error that names what is wrong with the file.

export function number(attributes: Attributes, name: string, otherwise: number): number {
  const value = attributes.get(name) ?? otherwise;
  if (typeof value !== 'number')
    throw new Error(`Expected a number for ${name} but received ${String(value)}.`);
  return value;
}

/** As many numbers as `otherwise`. */
export function numbers(
  attributes: Attributes,
  name: string,
  otherwise: readonly number[],
): readonly number[] {
  const value = attributes.get(name) ?? otherwise;
  if (!Array.isArray(value) || value.length !== otherwise.length)
    throw new Error(`Expected ${otherwise.length} numbers for ${name} but received ${String(value)}.`);
  return value as readonly number[];
}

/** All whole numbers of an attribute that has to be there. */
export function list(attributes: Attributes, name: string): readonly number[] {
  const value = attributes.get(name);
  if (!Array.isArray(value)) throw new Error(`Expected numbers for ${name} but received ${String(value)}.`);
  return value as readonly number[];
}

export function uint8(tensor: HostTensor, node: CustomNode): Uint8Array {
  return typed(tensor, 'uint8', node) as Uint8Array;
}

export function int16(tensor: HostTensor, node: CustomNode): Int16Array {
  return typed(tensor, 'int16', node) as Int16Array;
}

export function float32(tensor: HostTensor, node: CustomNode): Float32Array {
  return typed(tensor, 'float32', node) as Float32Array;
}

/** A value that the node has to have. */
export function present<T>(value: T | null | undefined, node: CustomNode): T {
  if (value === null || value === undefined)
    throw new Error(`Expected all inputs and an output for ${node.name}.`);
  return value;
}

function typed(tensor: HostTensor, type: ElementType, node: CustomNode): HostTensor['data'] {
  if (tensor.type !== type)
    throw new Error(`Expected ${type} for an input of ${node.name} but received ${tensor.type}.`);
  return tensor.data;
}
