import { crc32, deflateSync } from 'node:zlib';

/** Signature and IHDR: what stands before all other chunks. */
const HEAD_LENGTH = 33;
/** EXIF outside PNG begins with this. */
const EXIF_PREFIX = Buffer.from('Exif\0\0', 'latin1');

/**
 * `png` with a colour profile and EXIF put in, its pixels untouched: image libraries only convert
 * pixels to a profile, or keep metadata of a picture that they decoded themselves.
 * Source: PNG (third edition), "iCCP" and "eXIf".
 */
export function withMetadata(
  png: Buffer,
  { icc, exif }: { readonly icc: Buffer | null; readonly exif: Buffer | null },
): Buffer {
  const chunks = [
    ...(icc ? [chunk('iCCP', Buffer.concat([Buffer.from('ICC\0\0', 'latin1'), deflateSync(icc)]))] : []),
    ...(exif ? [chunk('eXIf', withoutPrefix(exif))] : []),
  ];
  return Buffer.concat([png.subarray(0, HEAD_LENGTH), ...chunks, png.subarray(HEAD_LENGTH)]);
}

function withoutPrefix(exif: Buffer): Buffer {
  return exif.subarray(0, EXIF_PREFIX.length).equals(EXIF_PREFIX) ? exif.subarray(EXIF_PREFIX.length) : exif;
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}
