/**
 * Ground of NUT, ffmpeg's own container: the only format that it both writes to and reads from a
 * pipe with a rational time base and an exact time for every frame.
 * Source: nut.txt ("NUT Open Container Format", version 3).
 */

export const FILE_ID = 'nut/multimedia container\0';

/** Startcodes by their second byte; the first is `N`, which no frame code may be. */
export const START_FIRST = 0x4e;
export const STARTCODES = {
  main: [0x4e, 0x4d, 0x7a, 0x56, 0x1f, 0x5f, 0x04, 0xad],
  stream: [0x4e, 0x53, 0x11, 0x40, 0x5b, 0xf2, 0xf9, 0xdb],
  syncpoint: [0x4e, 0x4b, 0xe4, 0xad, 0xee, 0xca, 0x45, 0x69],
  info: [0x4e, 0x49, 0xab, 0x68, 0xb5, 0x96, 0xba, 0x78],
} as const;

/** Packets longer than this carry a checksum of their header. */
export const LONG_PACKET = 4096;

/** Frame flags (nut.txt, "frame_flags"). */
export const FLAG = {
  key: 1,
  endOfRelevance: 2,
  codedPts: 8,
  streamId: 16,
  sizeMsb: 32,
  checksum: 64,
  reserved: 128,
  sideData: 256,
  headerIndex: 1024,
  matchTime: 2048,
  coded: 4096,
  invalid: 8192,
} as const;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

/** CRC-32 with generator 0x04C11DB7, most significant bit first, start value 0. */
export function crc(bytes: Iterable<number>): number {
  let value = 0;
  for (const byte of bytes) value = ((value << 8) ^ (CRC_TABLE[((value >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return value;
}

/** Four bytes, high one first. */
export function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Variable-length number: seven bits a byte, high bits first, the high bit set on all but the last byte. */
export function varint(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`Expected a whole number from 0 for value but received ${value}`);
  }
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest % 128) | 128);
  }
  return bytes;
}
