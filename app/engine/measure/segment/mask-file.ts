import sharp from 'sharp';
import { UserError } from '../../../shared';
import { regionOf, type Region } from './region';

/** A mask as a file holds it. */
export interface MaskFile {
  readonly width: number;
  readonly height: number;
  /** Pixels of at least half brightness. */
  readonly region: Region;
}

/**
 * The object of a black and white or grey mask, or of the first component of one in colour.
 * @throws UserError damaged-input
 */
export async function readMask(path: string): Promise<MaskFile> {
  try {
    const { data, info } = await sharp(path, { ignoreIcc: true })
      .removeAlpha()
      .extractChannel(0)
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return { width, height, region: regionOf({ x: 0, y: 0, width, height, data }) };
  } catch (cause) {
    throw new UserError('damaged-input', `${path} can't be read as an image: replace it or take it out.`, {
      cause,
    });
  }
}
