import { dirname, extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { UserError } from '../../shared';
import { ALPHA_PLANE, type Frame } from '../frames';
import { diskFull, isFull } from './disk';
import { withMetadata } from './png-chunks';
import { toPixels } from './rgb';
import { spaceOf, type Still } from './still';

/** Quality of the lossy formats. */
const QUALITY = 92;

/** What a still's format can hold. */
interface StillFormat {
  readonly name: string;
  readonly alpha: boolean;
  /** 16 bits per channel. */
  readonly deep: boolean;
  readonly encode: (image: Sharp) => Sharp;
}

const PNG: StillFormat = { name: 'PNG', alpha: true, deep: true, encode: (image) => image.png() };
const JPEG: StillFormat = {
  ...{ name: 'JPEG', alpha: false, deep: false },
  encode: (image) => image.jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }),
};
const TIFF: StillFormat = {
  ...{ name: 'TIFF', alpha: true, deep: true },
  encode: (image) => image.tiff({ compression: 'lzw' }),
};
const FORMATS: ReadonlyMap<string, StillFormat> = new Map([
  ['png', PNG],
  ['jpg', JPEG],
  ['jpeg', JPEG],
  ['tif', TIFF],
  ['tiff', TIFF],
  ['webp', { name: 'WebP', alpha: true, deep: false, encode: (image) => image.webp({ quality: QUALITY }) }],
  [
    'avif',
    {
      ...{ name: 'AVIF', alpha: true, deep: false },
      // AVIF's readers pass over EXIF's orientation.
      encode: (image) => image.autoOrient().avif({ quality: QUALITY }),
    },
  ],
]);

/**
 * Writes the result in the format that `output` names to `part`. Colour profile, EXIF and alpha
 * (enlarged with the picture) go along, and 16 bits where the format has them. Returns notes on what
 * could not.
 * @throws UserError unsupported-output, disk-full, tool-failed
 */
export async function writeStill(
  frame: Frame,
  still: Still,
  part: string,
  output: string,
): Promise<string[]> {
  const target = FORMATS.get(extname(output).slice(1).toLowerCase());
  if (!target) {
    throw new UserError(
      'unsupported-output',
      `${output} must be named .png, .jpg, .webp, .tiff or .avif for a still picture.`,
    );
  }
  const { width, height, format } = frame.stream;
  const cutout = format.planes > ALPHA_PLANE;
  if (cutout && !target.alpha)
    throw new UserError(
      'unsupported-output',
      `${target.name} has no transparency: name the output .png, .webp, .tiff or .avif.`,
    );
  const deep = still.deep && target.deep;
  const own =
    still.alpha && target.alpha ? await enlargedAlpha(still.alpha, still, { width, height, deep }) : null;
  const alpha = cutout ? frameAlpha(frame, own, deep) : own;
  const { data, channels } = toPixels(frame, alpha, deep);
  const space = spaceOf(format.planes === 1, deep);
  try {
    const picture = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
    // A profile of colours says nothing about a matte.
    const icc = format.planes === still.frame.stream.format.planes || cutout ? still.icc : null;
    const png = withMetadata(await picture.toColourspace(space).png({ compressionLevel: 0 }).toBuffer(), {
      icc,
      exif: still.exif,
    });
    // The first profile is the pixels' own: nothing may convert them.
    const image = sharp(png, { ignoreIcc: true, limitInputPixels: false }).keepIccProfile().keepExif();
    await target.encode(image.toColourspace(space)).toFile(part);
  } catch (cause) {
    if (await isFull(part)) throw diskFull(dirname(dirname(part)), cause);
    throw new UserError('tool-failed', `${output} could not be written: try another format.`, { cause });
  }
  return notesOn(still, target);
}

function notesOn(still: Still, { name, alpha, deep }: StillFormat): string[] {
  return [
    ...(still.alpha && !alpha
      ? [`${name} has no transparency: the picture is opaque. Choose .png or .webp to keep it.`]
      : []),
    ...(still.deep && !deep
      ? [`${name} holds 8 bits per channel here: choose .png or .tiff to keep all 16.`]
      : []),
    ...(still.exif && name === 'TIFF' ? ['TIFF keeps only the orientation of the EXIF data.'] : []),
  ];
}

/** A frame's alpha in the result's depth, of what the picture's own leaves to be seen. */
function frameAlpha(
  { planes, stream }: Frame,
  own: Uint8Array | Uint16Array | null,
  deep: boolean,
): Uint8Array | Uint16Array {
  const codes = planes[ALPHA_PLANE]?.data ?? new Uint8Array(0);
  const top = deep ? 65_535 : 255;
  const scale = top / (2 ** stream.format.bitDepth - 1);
  const alpha = deep ? new Uint16Array(codes.length) : new Uint8Array(codes.length);
  for (let i = 0; i < alpha.length; i++)
    alpha[i] = Math.round(((codes[i] ?? 0) * scale * (own?.[i] ?? top)) / top);
  return alpha;
}

/** Opacity in the result's size and depth. */
async function enlargedAlpha(
  alpha: Uint8Array | Uint16Array,
  { frame, deep }: Still,
  target: { readonly width: number; readonly height: number; readonly deep: boolean },
): Promise<Uint8Array | Uint16Array> {
  const { width, height } = frame.stream;
  const resized = await sharp(alpha, { raw: { width, height, channels: 1 } })
    .toColourspace(spaceOf(true, deep))
    .resize({ width: target.width, height: target.height, kernel: 'cubic', fit: 'fill' })
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer();
  if (!deep) return resized;
  const samples = new Uint16Array(resized.buffer, resized.byteOffset, resized.length / 2);
  return target.deep ? samples : Uint8Array.from(samples, (sample) => Math.round(sample / 257));
}
