import type { PlaneShape } from './frame-program';

/** Of storage buffer offsets, by WebGPU's default limits. */
export const ALIGNMENT = 256;

/** Where planes lie in one buffer, and how large that is. */
export interface PlaneLayout {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Planes of codes of `unit` bytes one after the other, each where a binding may begin. */
export function layoutOf(shapes: readonly PlaneShape[], unit: number): PlaneLayout {
  let bytes = 0;
  const offsets = shapes.map(({ width, height }) => {
    const offset = bytes;
    bytes += Math.ceil((width * height * unit) / ALIGNMENT) * ALIGNMENT;
    return offset;
  });
  return { offsets, bytes };
}

/** Bytes of a plane's binding: whole words. */
export function planeBytes({ width, height }: PlaneShape, unit: number): number {
  return Math.ceil((width * height * unit) / 4) * 4;
}
