import { UserError } from '../../../shared';
import { imagesByStem } from '../image-pairs';
import { readMask, type MaskFile } from './mask-file';
import type { Region } from './region';

/** Masks that some other tool made, by name. */
export interface ForeignMasks {
  /** @throws UserError no-such-file, unsupported-input (not as large as the true one), damaged-input */
  of(name: string, truth: MaskFile): Promise<Region>;
}

/** @throws UserError no-such-file */
export async function foreignMasks(folder: string): Promise<ForeignMasks> {
  const paths = await imagesByStem(folder, 'name a folder of masks');
  return {
    async of(name, truth) {
      const path = paths.get(name);
      if (path === undefined)
        throw new UserError('no-such-file', `${folder} has no mask for ${name}: add it.`);
      const { width, height, region } = await readMask(path);
      if (width !== truth.width || height !== truth.height)
        throw new UserError(
          'unsupported-input',
          `${path} (${width}×${height}) is not as large as the true mask (${truth.width}×${truth.height}): make masks at the pictures' own size.`,
        );
      return region;
    },
  };
}
