/** Says what is wrong with an argument, always in the same form. */
export function expected(what: string, name: string, value: unknown): never {
  throw new TypeError(`Expected ${what} for ${name} but received ${shown(value)}`);
}

export function checkInteger(value: number, name: string, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    expected(`a whole number from ${least} to ${most}`, name, value);
}

export function checkFinite(value: number, name: string): void {
  if (typeof value !== 'number' || !Number.isFinite(Math.fround(value)))
    expected('a number that single precision holds', name, value);
}

/** Codes of a plane or of a network: unsigned, 8 or 16 bits. */
export type Codes = Uint8Array | Uint16Array;

type Constructor = new (...parameters: never[]) => { readonly length: number };

/** That `value` is a `type` with `length` elements. */
export function checkArray(value: unknown, type: Constructor, length: number, name: string): void {
  if (!(value instanceof type) || value.length !== length)
    expected(`a ${type.name} of ${length} elements`, name, value);
}

/** That `values` are `length` finite numbers; gives them back. */
export function checkFinites(values: Float32Array | undefined, length: number, name: string): Float32Array {
  checkArray(values, Float32Array, length, name);
  const checked = values ?? new Float32Array();
  for (const [index, value] of checked.entries())
    if (!Number.isFinite(value)) expected('a finite number', `${name}[${index}]`, value);
  return checked;
}

export function checkCodes(value: unknown, length: number, name: string): void {
  if (!(value instanceof Uint16Array)) checkArray(value, Uint8Array, length, name);
  else checkArray(value, Uint16Array, length, name);
}

/** Whether two arrays share memory. */
export function overlap(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}

function shown(value: unknown): string {
  if (ArrayBuffer.isView(value)) {
    const length = 'length' in value ? String(value.length) : String(value.byteLength);
    return `a ${value.constructor.name} of ${length} elements`;
  }
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
