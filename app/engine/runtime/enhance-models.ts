import { measuredPsnr, MODEL_SIZES, UserError, type EnhanceManifest, type ModelSize } from '../../shared';
import { MEND, modelsOf, type InstalledModel } from './manifest';

/** A super-resolution model that is there. */
export type EnhanceModel = InstalledModel<EnhanceManifest>;

/** Which of the models are meant. */
export interface ModelWish {
  readonly scale: number;
  /** Trained on compressed and blurred pictures, or not. */
  readonly restore?: boolean;
}

/**
 * The models that do what is wished, one a size, the largest first.
 *
 * @throws UserError model-missing (there is none; the sentence says which there are), model-damaged
 */
export async function modelsFor({ scale, restore = false }: ModelWish): Promise<readonly EnhanceModel[]> {
  const all = await modelsOf('enhance');
  const fit = all.filter(({ manifest }) => manifest.scale === scale && manifest.restore === restore);
  const found = MODEL_SIZES.toReversed().flatMap((size) =>
    fit
      .filter(({ manifest }) => manifest.size === size)
      .sort((a, b) => (measuredPsnr(b.manifest) ?? 0) - (measuredPsnr(a.manifest) ?? 0))
      .slice(0, 1),
  );
  if (found.length > 0) return found;
  const kind = restore ? 'restoring model' : 'model';
  const there = scalesOf(all, restore).map((one) => `×${one}`);
  const way = restore ? 'leave out --restore' : MEND;
  throw new UserError(
    'model-missing',
    there.length === 0
      ? `There is no ${kind}: ${way}.`
      : `There is no ${kind} that enlarges by ${scale} (there are: ${there.join(', ')}): choose one of these with --enhance, or ${way}.`,
  );
}

/** The factors that models are there for, the smallest first. @throws UserError model-missing, model-damaged */
export async function modelScales(restore: boolean): Promise<readonly number[]> {
  return scalesOf(await modelsOf('enhance'), restore);
}

/** Of some models, the one of a size, or of the next smaller one, or of the next larger one. */
export function ofSize<T extends { readonly manifest: { readonly size: ModelSize } }>(
  models: readonly T[],
  size: ModelSize,
): T | undefined {
  const rank = (one: ModelSize): number => MODEL_SIZES.indexOf(one);
  const distance = ({ manifest }: T): number => {
    const steps = rank(manifest.size) - rank(size);
    // Of two that are equally near the smaller one costs no more than was expected.
    return steps > 0 ? steps + 0.5 : -steps;
  };
  return models.toSorted((a, b) => distance(a) - distance(b))[0];
}

/**
 * The model for a scale: the one called `name`, or the largest that was not trained for
 * damaged pictures.
 *
 * @throws UserError model-missing (there is none, or its scale is another), model-damaged
 */
export async function findModel(scale: number, name?: string): Promise<EnhanceModel> {
  if (name === undefined) {
    const [best] = await modelsFor({ scale });
    if (best) return best;
  }
  const all = await modelsOf('enhance');
  const named = all.find(({ manifest }) => manifest.name === name);
  const names = all.map(({ manifest }) => manifest.name).join(', ') || 'none';
  if (!named)
    throw new UserError(
      'model-missing',
      `There is no model ${name}: choose one of those installed (${names}).`,
    );
  if (named.manifest.scale !== scale)
    throw new UserError(
      'model-missing',
      `The model ${name} enlarges by ${named.manifest.scale}, not by ${scale}: choose another model or scale.`,
    );
  return named;
}

function scalesOf(models: readonly EnhanceModel[], restore: boolean): number[] {
  const scales = models
    .filter(({ manifest }) => manifest.restore === restore)
    .map(({ manifest }) => manifest.scale);
  return [...new Set(scales)].sort((a, b) => a - b);
}
