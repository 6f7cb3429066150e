import type { CoveredRegion, FieldView, PlaneView } from '../../../../../kernels';
import type { Plane } from '../../../frames';
import { processKernels } from '../../../runtime';
import type { Matte } from '../instances';

/** A frame's plane as kernels take it. */
export function planeView({ data, width, height }: Plane): PlaneView {
  return { codes: data, width, height };
}

/** A matte as kernels take it. */
export function coveredRegion({ x, y, width, height, data }: Matte): CoveredRegion {
  return { x, y, width, height, cover: data };
}

/**
 * What a plane shows of one thing alone, carried on over the places where another hides it: a smooth picture of the matte's
 * region, in cells of `step`×`step` samples.
 *
 * @param matte inside the plane, not empty
 * @param shows by coverage, 0 to 255: how well a sample shows what is looked for, 0 to 255
 * @returns null where nothing is known at all
 */
export async function knownField(
  plane: Plane,
  matte: Matte,
  shows: Uint8Array,
  step: number,
): Promise<FieldView | null> {
  const [width, height] = [Math.ceil(matte.width / step), Math.ceil(matte.height / step)];
  const field = { width, height, step, values: new Float32Array(width * height) };
  const known = await processKernels().knownField({
    plane: planeView(plane),
    matte: coveredRegion(matte),
    shows,
    field,
  });
  return known ? field : null;
}

/** A field's mean. */
export function fieldMean({ values }: FieldView): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length > 0 ? sum / values.length : 0;
}
