import sharp from 'sharp';
import { UserError } from '../../shared';

/** A picture as 8-bit RGB, interleaved; grey ones have three equal components. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * The pixels of an image file as they are stored: no colour management, no turning, alpha left out.
 *
 * @throws UserError damaged-input
 */
export async function readRgb(path: string): Promise<RgbImage> {
  try {
    const { data, info } = await sharp(path, { ignoreIcc: true })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels === 3) return { width: info.width, height: info.height, data };
    const rgb = new Uint8Array(info.width * info.height * 3);
    for (let index = 0; index < rgb.length; index++) rgb[index] = data[Math.floor(index / 3)] ?? 0;
    return { width: info.width, height: info.height, data: rgb };
  } catch (cause) {
    throw new UserError('damaged-input', `${path} can't be read as an image: replace it or take it out.`, {
      cause,
    });
  }
}

/** Component `channel` (0 red, 1 green, 2 blue) as a plane of its own. */
export function channelOf(image: RgbImage, channel: number): Uint8Array {
  const plane = new Uint8Array(image.width * image.height);
  for (let index = 0; index < plane.length; index++) plane[index] = image.data[3 * index + channel] ?? 0;
  return plane;
}

/** Planes [3,H,W] in 0…1. */
export function toPlanar({ width, height, data }: RgbImage): Float32Array {
  const plane = width * height;
  const planes = new Float32Array(3 * plane);
  for (let index = 0; index < plane; index++)
    for (let channel = 0; channel < 3; channel++)
      planes[channel * plane + index] = (data[3 * index + channel] ?? 0) / 255;
  return planes;
}
