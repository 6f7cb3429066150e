import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../shared';
import { PLACE_BYTES } from './picture-encoder';

/** One picture of an animation, as `openPictureEncoder` made it: its place, then a WebP file. */
export interface AnimatedPicture {
  readonly data: Uint8Array;
  /** Seconds from the animation's beginning. */
  readonly time: number;
}

/** Widest and highest that the format knows. */
export const MOST_WEBP_SIDE = 16_383;
const MOST_BYTES = 2 ** 32 - 10;
const FLAG_ANIMATION = 0x02;
const FLAG_ALPHA = 0x10;
/** Each picture replaces the one before, and goes before the next one comes. */
const REPLACE_AND_DISPOSE = 0b11;
const MOST_DURATION_MS = 2 ** 24 - 1;

/**
 * Writes pictures as one WebP file that plays, over and over. Times are rounded to the format's
 * milliseconds, each on its own, so that nothing adds up.
 * Source: "WebP Container Specification" (extended file format, animation).
 * @param end seconds at which the last picture ends
 * @throws UserError unsupported-output where the file would be larger than the format can say
 */
export async function writeWebpAnimation(
  path: string,
  size: { readonly width: number; readonly height: number },
  pictures: AsyncIterable<AnimatedPicture>,
  end: number,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    let length = await put(file, headOf(size));
    let waiting: AnimatedPicture | null = null;
    for await (const picture of pictures) {
      if (waiting) length += await put(file, animationFrame(waiting, picture.time));
      waiting = picture;
    }
    if (waiting) length += await put(file, animationFrame(waiting, end));
    if (length > MOST_BYTES)
      throw new UserError(
        'unsupported-output',
        'The animation is larger than a .webp can be: cut it shorter with --start and --end, or name a folder for PNG pictures.',
      );
    const riffSize = Buffer.alloc(4);
    riffSize.writeUInt32LE(length - 8);
    await file.write(riffSize, 0, 4, 4);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function put(file: FileHandle, bytes: Uint8Array): Promise<number> {
  await file.writeFile(bytes);
  return bytes.length;
}

function headOf({ width, height }: { readonly width: number; readonly height: number }): Buffer {
  const extended = Buffer.alloc(10);
  extended[0] = FLAG_ANIMATION | FLAG_ALPHA;
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  // Transparent behind, for ever.
  const animation = Buffer.alloc(6);
  return Buffer.concat([
    Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'),
    chunk('VP8X', extended),
    chunk('ANIM', animation),
  ]);
}

function animationFrame({ data, time }: AnimatedPicture, next: number): Buffer {
  const place = Buffer.from(data.buffer, data.byteOffset, PLACE_BYTES);
  const { width, height, image } = imageOf(data.subarray(PLACE_BYTES));
  const head = Buffer.alloc(16);
  head.writeUIntLE(place.readUInt32LE(0) / 2, 0, 3);
  head.writeUIntLE(place.readUInt32LE(4) / 2, 3, 3);
  head.writeUIntLE(width - 1, 6, 3);
  head.writeUIntLE(height - 1, 9, 3);
  const duration = Math.round(next * 1000) - Math.round(time * 1000);
  head.writeUIntLE(Math.max(0, Math.min(MOST_DURATION_MS, duration)), 12, 3);
  head[15] = REPLACE_AND_DISPOSE;
  return chunk('ANMF', Buffer.concat([head, image]));
}

/** Size of a WebP file's picture, and its chunks of alpha and colours as they stand. */
function imageOf(webp: Uint8Array): {
  readonly width: number;
  readonly height: number;
  readonly image: Buffer;
} {
  const bytes = Buffer.from(webp.buffer, webp.byteOffset, webp.length);
  const parts: Buffer[] = [];
  let size: { readonly width: number; readonly height: number } | null = null;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const whole = bytes.subarray(at, at + 8 + length + (length % 2));
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'ALPH' || name === 'VP8 ' || name === 'VP8L') parts.push(whole);
    if (name === 'VP8 ') size = lossySize(content);
    if (name === 'VP8L') size = losslessSize(content);
    at += whole.length;
  }
  if (!size) throw new Error('A WebP file without a picture.');
  return { ...size, image: Buffer.concat(parts) };
}

/** RFC 6386, section 9.1: after the frame tag and the start code. */
function lossySize(content: Buffer): { readonly width: number; readonly height: number } {
  return { width: content.readUInt16LE(6) & 0x3fff, height: content.readUInt16LE(8) & 0x3fff };
}

/** "WebP Lossless Bitstream Specification", section 3: 14 bits each after the signature. */
function losslessSize(content: Buffer): { readonly width: number; readonly height: number } {
  const bits = content.readUInt32LE(1);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function chunk(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
