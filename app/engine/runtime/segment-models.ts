import { MODEL_SIZES, UserError, type ModelSize, type SegmentManifest } from '../../shared';
import { MEND, modelsOf, type InstalledModel } from './manifest';

/** A model that finds objects and is there. */
export type SegmentModel = InstalledModel<SegmentManifest>;

/**
 * The model called `name`, or that of a size, or of the nearest one; the largest where nothing is wished.
 *
 * @throws UserError model-missing (the sentence says which there are), model-damaged
 */
export async function findSegmentModel(
  wish: { readonly name?: string; readonly size?: ModelSize } = {},
): Promise<SegmentModel> {
  const all = await modelsOf('segment');
  const { name, size } = wish;
  if (name !== undefined) {
    const named = all.find(({ manifest }) => manifest.name === name);
    if (named) return named;
    const names = all.map(({ manifest }) => manifest.name).join(', ') || 'none';
    throw new UserError(
      'model-missing',
      `There is no model ${name} for finding objects: choose one of those installed (${names}).`,
    );
  }
  const rank = (model: SegmentModel): number => MODEL_SIZES.indexOf(model.manifest.size);
  const wanted = size === undefined ? MODEL_SIZES.length : MODEL_SIZES.indexOf(size);
  const [best] = all.toSorted(
    (a, b) => Math.abs(rank(a) - wanted) - Math.abs(rank(b) - wanted) || rank(a) - rank(b),
  );
  if (best) return best;
  throw new UserError(
    'model-missing',
    `No network that cuts out objects is installed: leave out --segment, or ${MEND}.`,
  );
}
