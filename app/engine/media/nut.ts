import type { Rational } from '../../shared';
import type { PixelFormat } from '../frames';

/**
 * A writer for NUT, ffmpeg's own container, as far as raw video with exact times needs it: the only
 * format that ffmpeg reads from a pipe with a rational time base and a time for every frame.
 * Source: nut.txt ("NUT Open Container Format", version 3).
 */

const START_MAIN = [0x4e, 0x4d, 0x7a, 0x56, 0x1f, 0x5f, 0x04, 0xad];
const START_STREAM = [0x4e, 0x53, 0x11, 0x40, 0x5b, 0xf2, 0xf9, 0xdb];
const START_SYNCPOINT = [0x4e, 0x4b, 0xe4, 0xad, 0xee, 0xca, 0x45, 0x69];

/** Frame flags (nut.txt, "frame_flags"). */
const FLAG_KEY = 1;
const FLAG_CODED_PTS = 8;
const FLAG_SIZE_MSB = 32;
const FLAG_CHECKSUM = 64;
const FLAG_INVALID = 8192;

/** The one frame code that is used. */
const FRAME_CODE = 1;
const MSB_PTS_SHIFT = 7;
const MAX_DISTANCE = 65_536;

/** Raw video's four-character codes in NUT (nut4cc.txt): the planar families, and bit depth in the last byte. */
const EIGHT_BIT: Readonly<Record<string, string>> = {
  yuv420p: 'I420',
  yuv422p: '422P',
  yuv444p: '444P',
  gray: 'Y800',
};
const CHROMA_CODES: Readonly<Record<string, number>> = { '1,1': 11, '1,0': 10, '0,0': 0 };

function fourcc(format: PixelFormat): readonly number[] {
  if (format.bitDepth === 8) return [...Buffer.from(EIGHT_BIT[format.name] ?? '', 'latin1')];
  if (format.planes === 1) return [0x59, 0x31, 0, format.bitDepth];
  return [0x59, 0x33, CHROMA_CODES[`${format.chromaShiftX},${format.chromaShiftY}`] ?? 0, format.bitDepth];
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

/** CRC-32 with generator 0x04C11DB7, most significant bit first, start value 0. */
function crc(bytes: readonly number[]): number {
  let value = 0;
  for (const byte of bytes) value = ((value << 8) ^ (CRC_TABLE[((value >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return value;
}

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Variable-length number: seven bits a byte, high bytes first, high bit set on all but the last. */
function v(value: number | bigint): number[] {
  let rest = BigInt(value);
  const bytes = [Number(rest & 127n)];
  for (rest >>= 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 127n) | 128);
  return bytes;
}

function packet(startcode: readonly number[], payload: readonly number[]): number[] {
  const head = [...startcode, ...v(payload.length + 4)];
  return [...head, ...payload, ...u32(crc(payload))];
}

/** A run of frame codes with the same flags: fields pts 0, multiplier 1, stream 0, size 0, reserved 0. */
function frameCodes(flags: number, count: number): number[] {
  return [...v(flags), ...v(6), ...v(0), ...v(1), ...v(0), ...v(0), ...v(0), ...v(count)];
}

/** File header: one raw video stream of `format`, times in ticks of `timeBase`. */
export function nutHeader(format: PixelFormat, width: number, height: number, timeBase: Rational): Buffer {
  const main = [
    ...v(3),
    ...v(1),
    ...v(MAX_DISTANCE),
    ...v(1),
    ...v(timeBase.num),
    ...v(timeBase.den),
    ...frameCodes(FLAG_INVALID, 1),
    ...frameCodes(FLAG_KEY | FLAG_CODED_PTS | FLAG_SIZE_MSB | FLAG_CHECKSUM, 1),
    // Frame code 'N' begins startcodes and is counted by itself.
    ...frameCodes(FLAG_INVALID, 253),
    ...v(0),
  ];
  const code = fourcc(format);
  const stream = [
    ...v(0),
    ...v(0),
    ...v(code.length),
    ...code,
    ...v(0),
    ...v(MSB_PTS_SHIFT),
    ...v(MAX_DISTANCE),
    ...v(0),
    ...v(0),
    ...v(0),
    ...v(width),
    ...v(height),
    ...v(0),
    ...v(0),
    ...v(0),
  ];
  return Buffer.concat([
    Buffer.from('nut/multimedia container\0', 'latin1'),
    Buffer.from(packet(START_MAIN, main)),
    Buffer.from(packet(START_STREAM, stream)),
  ]);
}

/**
 * What stands before a frame's bytes: a syncpoint and the frame header.
 * @param pts ticks, not negative
 * @param distance bytes since the last syncpoint, 0 for the first
 */
export function nutFrameHead(pts: number, size: number, distance: number): Buffer {
  const syncpoint = packet(START_SYNCPOINT, [...v(pts), ...v(Math.floor(distance / 16))]);
  const head = [FRAME_CODE, ...v(BigInt(pts) + (1n << BigInt(MSB_PTS_SHIFT))), ...v(size)];
  return Buffer.from([...syncpoint, ...head, ...u32(crc(head))]);
}
