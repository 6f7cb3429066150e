import { resolve } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { extensionOf, UserError, type ColourDescription, type MediaInfo } from '../../shared';
import { FramePool, pixelFormat, type Frame, type StreamFormat } from '../frames';
import { toFrame } from './rgb';
import { stillSource } from './still-source';
import type { MediaTools } from './tools';

/** A still picture as a frame, and what has to be put back when the result is written. */
export interface Still {
  /**
   * YCbCr 4:4:4 (or grey), BT.601, full range; 12 bits for a picture of 8, so that its RGB survives the
   * way there and back, 16 for one of 16. Stored orientation.
   */
  readonly frame: Frame;
  /** Opacity, one sample of the picture's own depth a pixel, or null. */
  readonly alpha: Uint8Array | Uint16Array | null;
  /** True for 16 bits per channel. */
  readonly deep: boolean;
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
/** EXIF's orientations as clockwise degrees; 2, 4, 5 and 7 are mirrored too, which changes no size. */
const ORIENTATION: Readonly<Record<number, 0 | 90 | 180 | 270>> = {
  ...{ 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270 },
};
/** Bits of a sample by libvips' name of its type; the others are not kept. */
const BITS: Readonly<Record<string, number>> = { uchar: 8, ushort: 16 };
/** Colour spaces whose samples are taken as they are. */
const OWN_SPACES: ReadonlySet<string> = new Set(['srgb', 'rgb', 'rgb16', 'b-w', 'grey16']);

/**
 * Facts about a still, or null if it is an animation.
 * @param source what `stillSource` gives of it
 * @throws UserError not-media, unsupported-input
 */
export async function probeStill(
  path: string,
  sizeBytes: number,
  source: string | Buffer,
): Promise<MediaInfo | null> {
  let metadata: Metadata;
  try {
    metadata = await sharp(source).metadata();
  } catch (cause) {
    throw new UserError(
      'not-media',
      `${path} is no image that can be read: check that it is the right file.`,
      { cause },
    );
  }
  const pages = metadata.pages ?? 1;
  if (pages > 1 && metadata.format === 'webp')
    throw new UserError(
      'unsupported-input',
      `${path} is an animated WebP, which can't be read: make a GIF or a video of it first.`,
    );
  if (pages > 1 && metadata.format !== 'tiff') return null;
  const format = source === path ? metadata.format : extensionOf(path);
  return {
    path: resolve(path),
    kind: 'still',
    container: format,
    sizeBytes,
    durationSeconds: null,
    video: {
      index: 0,
      codec: format,
      width: metadata.width,
      height: metadata.height,
      sampleAspectRatio: { num: 1, den: 1 },
      rotation: ORIENTATION[metadata.orientation ?? 1] ?? 0,
      pixelFormat: metadata.channels === 1 ? 'gray' : metadata.hasAlpha ? 'rgba' : 'rgb24',
      bitDepth: BITS[metadata.depth] ?? 32,
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
    notes: pages > 1 ? [`The file holds ${pages} pictures: only the first is used.`] : [],
  };
}

/**
 * Reads a still into a frame.
 * @throws UserError unsupported-input for more than 16 bits per channel, damaged-input
 */
export async function readStill(tools: MediaTools, info: MediaInfo): Promise<Still> {
  if (info.video.bitDepth > 16) {
    throw new UserError(
      'unsupported-input',
      `${info.path} has samples that are no whole numbers of 8 or 16 bits: convert it to 16 bits per channel first.`,
    );
  }
  const deep = info.video.bitDepth === 16;
  try {
    const source = await stillSource(tools, info.path);
    const { space, icc, exif, hasAlpha } = await sharp(source).metadata();
    const own = OWN_SPACES.has(space);
    const grey = space === 'b-w' || space === 'grey16';
    // Samples stay in the file's own colours, whose profile goes back beside them. Without its
    // profile another space (CMYK, Lab) says nothing about colours.
    const image = own ? sharp(source, { ignoreIcc: true }) : sharp(source);
    const plain = await samplesOf(hasAlpha ? image.clone().removeAlpha() : image.clone(), grey, deep);
    const alpha = own && hasAlpha ? await samplesOf(image.clone().extractChannel('alpha'), true, deep) : null;
    const frame = await new FramePool(streamOf(plain.width, plain.height, grey, deep), 1).take({
      pts: 0,
      duration: null,
    });
    toFrame(plain.data, frame);
    return {
      frame,
      alpha: alpha && alpha.data,
      deep,
      icc: own ? (icc ?? null) : null,
      exif: exif ?? null,
      notes: own ? [] : [`${space.toUpperCase()} was converted to RGB (sRGB).`],
    };
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      'damaged-input',
      `${info.path} can't be decoded: it is damaged; copy or download it again.`,
      { cause },
    );
  }
}

/** libvips' name for grey or RGB of 8 or 16 bits; anything else it would convert to 8-bit sRGB by itself. */
export function spaceOf(grey: boolean, deep: boolean): string {
  return grey ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb';
}

function streamOf(width: number, height: number, grey: boolean, deep: boolean): StreamFormat {
  const format = pixelFormat(`${grey ? 'gray' : 'yuv444p'}${deep ? 16 : 12}le`);
  if (!format) throw new Error('No format for stills.');
  return { width, height, format, colour: COLOUR, timeBase: { num: 1, den: 1 }, frameRate: null };
}

/** Interleaved samples: one a pixel where `grey`, else three. */
async function samplesOf(
  image: Sharp,
  grey: boolean,
  deep: boolean,
): Promise<{ data: Uint8Array | Uint16Array; width: number; height: number }> {
  const { data, info } = await image
    .toColourspace(spaceOf(grey, deep))
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return {
    data: deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data,
    width,
    height,
  };
}
