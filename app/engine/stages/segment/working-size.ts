import type { ModelSize, SegmentManifest } from '../../../shared';

/** Of the size that a model is made for. */
const SHARES: Readonly<Record<ModelSize, number>> = { fast: 0.75, light: 1, standard: 1.25 };

/** Pixels of the longer side that a model sees, as large as it is made for where nothing is wished. */
export function workingSizeFor(
  { workingSize }: Pick<SegmentManifest, 'workingSize'>,
  quality: ModelSize = 'light',
): number {
  return Math.round(workingSize * SHARES[quality]);
}
