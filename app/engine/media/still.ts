import { dirname, extname, resolve } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { UserError, type ColourDescription, type MediaInfo } from '../../shared';
import { FramePool, pixelFormat, type Frame, type StreamFormat } from '../frames';
import { diskFull, isFull } from './disk';
import { withMetadata } from './png-chunks';
import { rgbToYcc, yccToRgb } from './rgb';

/** A still picture as a frame, and what has to be put back when the result is written. */
export interface Still {
  /** YCbCr 4:4:4 (or grey), BT.601, full range, 12 bits, so that 8-bit RGB survives the way there and back. Stored orientation. */
  readonly frame: Frame;
  /** Opacity, one byte a pixel, or null. */
  readonly alpha: Buffer | null;
  /** The file's own colour profile and EXIF. */
  readonly icc: Buffer | null;
  readonly exif: Buffer | null;
  readonly notes: readonly string[];
}

const COLOUR: ColourDescription = {
  matrix: 'smpte170m',
  range: 'full',
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  chromaLocation: 'center',
  rangeStated: true,
};
const ORIENTATION: Readonly<Record<number, 0 | 90 | 180 | 270>> = { 3: 180, 6: 90, 8: 270 };
/** Quality of the lossy formats. */
const QUALITY = 92;

/** Facts about a still, or null if it is none that can be read (an animation, say). */
export async function probeStill(path: string, sizeBytes: number): Promise<MediaInfo | null> {
  let metadata: Metadata;
  try {
    metadata = await sharp(path).metadata();
  } catch (cause) {
    throw new UserError(
      'not-media',
      `${path} is no image that can be read: check that it is the right file.`,
      { cause },
    );
  }
  if ((metadata.pages ?? 1) > 1 && metadata.format !== 'tiff') return null;
  const deep = metadata.depth !== 'uchar';
  return {
    path: resolve(path),
    kind: 'still',
    container: metadata.format,
    sizeBytes,
    durationSeconds: null,
    video: {
      index: 0,
      codec: metadata.format,
      width: metadata.width,
      height: metadata.height,
      sampleAspectRatio: { num: 1, den: 1 },
      rotation: ORIENTATION[metadata.orientation ?? 1] ?? 0,
      pixelFormat: metadata.channels === 1 ? 'gray' : metadata.hasAlpha ? 'rgba' : 'rgb24',
      bitDepth: deep ? 16 : 8,
      colour: COLOUR,
      hdr: false,
      timeBase: { num: 1, den: 1 },
      frameRate: null,
      variableFrameRate: false,
      interlaced: false,
      frameCount: 1,
      startPts: 0,
      durationSeconds: null,
    },
    others: [],
    chapters: 0,
    notes: [],
  };
}

/**
 * Reads a still into a frame.
 * @throws UserError unsupported-input for more than 8 bits per channel, damaged-input
 */
export async function readStill(info: MediaInfo): Promise<Still> {
  if (info.video.bitDepth > 8) {
    throw new UserError(
      'unsupported-input',
      `${info.path} has 16 bits per channel, which can't be kept: convert it to 8 bits first.`,
    );
  }
  try {
    // Pixels stay in the file's own colour space, whose profile goes back beside them.
    const image = sharp(info.path, { ignoreIcc: true });
    const { hasAlpha, space, icc, exif } = await image.metadata();
    const cmyk = space === 'cmyk';
    const notes = cmyk ? ['CMYK was converted to RGB (sRGB).'] : [];
    // Without its profile CMYK says nothing about colours.
    const colours = cmyk ? sharp(info.path).toColourspace('srgb') : image;
    const { data, info: raw } = await (hasAlpha ? colours.clone().removeAlpha() : colours.clone())
      .raw()
      .toBuffer({ resolveWithObject: true });
    const alpha = hasAlpha ? await image.clone().extractChannel('alpha').raw().toBuffer() : null;
    const keep = { icc: cmyk ? null : (icc ?? null), exif: exif ?? null };
    const format = pixelFormat(raw.channels === 1 ? 'gray12le' : 'yuv444p12le');
    if (!format) throw new Error('No format for stills.');
    const stream: StreamFormat = {
      width: raw.width,
      height: raw.height,
      format,
      colour: COLOUR,
      timeBase: { num: 1, den: 1 },
      frameRate: null,
    };
    const frame = await new FramePool(stream, 1).take({ pts: 0, duration: null });
    if (raw.channels === 1) grayToFrame(data, frame);
    else rgbToYcc(data, frame);
    return { frame, alpha, ...keep, notes };
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      'damaged-input',
      `${info.path} can't be decoded: it is damaged; copy or download it again.`,
      { cause },
    );
  }
}

/**
 * Writes the result in the format that `output` names to `part`. Colour profile, EXIF and alpha
 * (enlarged with the picture) go along. Returns notes on what could not.
 * @throws UserError unsupported-output, disk-full
 */
export async function writeStill(
  frame: Frame,
  still: Still,
  part: string,
  output: string,
): Promise<string[]> {
  const { width, height, format } = frame.stream;
  const extension = extname(output).slice(1).toLowerCase();
  const opaque = extension === 'jpg' || extension === 'jpeg';
  const notes = [
    ...(still.alpha && opaque
      ? ['JPEG has no transparency: the picture is opaque. Choose .png or .webp to keep it.']
      : []),
    ...(still.exif && isTiff(extension) ? ['TIFF keeps only the orientation of the EXIF data.'] : []),
  ];
  const pixels = format.planes === 1 ? frameToGray(frame) : yccToRgb(frame);
  const channels = format.planes === 1 ? 1 : 3;
  let picture = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  if (still.alpha && !opaque)
    picture = picture.joinChannel(await enlargedAlpha(still, width, height), {
      raw: { width, height, channels: 1 },
    });
  if (channels === 1) picture = picture.toColourspace('b-w');
  try {
    const png = withMetadata(await picture.png({ compressionLevel: 0 }).toBuffer(), still);
    // The first profile is the pixels' own: nothing may convert them.
    let image = sharp(png, { ignoreIcc: true, limitInputPixels: false }).keepIccProfile().keepExif();
    if (channels === 1) image = image.toColourspace('b-w');
    // AVIF's readers pass over EXIF's orientation.
    if (extension === 'avif') image = image.autoOrient();
    await inFormat(image, extension, output).toFile(part);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if (await isFull(part)) throw diskFull(dirname(dirname(part)), cause);
    throw new UserError('tool-failed', `${output} could not be written: try another format.`, { cause });
  }
  return notes;
}

function isTiff(extension: string): boolean {
  return extension === 'tif' || extension === 'tiff';
}

async function enlargedAlpha(still: Still, width: number, height: number): Promise<Buffer> {
  const { width: sourceWidth, height: sourceHeight } = still.frame.stream;
  return sharp(still.alpha ?? Buffer.alloc(0), {
    raw: { width: sourceWidth, height: sourceHeight, channels: 1 },
  })
    .resize({ width, height, kernel: 'cubic', fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}

function inFormat(image: Sharp, extension: string, output: string): Sharp {
  switch (extension) {
    case 'png':
      return image.png();
    case 'jpg':
    case 'jpeg':
      return image.jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' });
    case 'webp':
      return image.webp({ quality: QUALITY });
    case 'tif':
    case 'tiff':
      return image.tiff({ compression: 'lzw' });
    case 'avif':
      return image.avif({ quality: QUALITY });
    default:
      throw new UserError(
        'unsupported-output',
        `${output} must be named .png, .jpg, .webp, .tiff or .avif for a still picture.`,
      );
  }
}

function grayToFrame(gray: Uint8Array, frame: Frame): void {
  const { data } = frame.planes[0] ?? { data: [] };
  for (let i = 0; i < data.length; i++) data[i] = Math.round(((gray[i] ?? 0) * 4095) / 255);
}

function frameToGray(frame: Frame): Uint8ClampedArray {
  return Uint8ClampedArray.from(frame.planes[0]?.data ?? [], (code) => (code * 255) / 4095);
}
