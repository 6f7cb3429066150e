import { UserError } from '../../../shared';
import { readRgb, type RgbImage } from '../read-image';
import type { MaskFile } from './mask-file';

/** A picture and the mask that is right for it. */
export interface MaskedPicture {
  readonly name: string;
  readonly picture: string;
  readonly mask: string;
}

/** @throws UserError damaged-input, unsupported-input where the picture is not as large as its mask */
export async function readPicture(
  { picture: path, mask }: MaskedPicture,
  truth: MaskFile,
): Promise<RgbImage> {
  const picture = await readRgb(path);
  if (picture.width === truth.width && picture.height === truth.height) return picture;
  throw new UserError(
    'unsupported-input',
    `${path} (${picture.width}×${picture.height}) and ${mask} (${truth.width}×${truth.height}) differ in size: make them equal.`,
  );
}
