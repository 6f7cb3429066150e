import type { Rational } from '../../shared';
import type { PixelFormat } from '../frames';
import { crc, FILE_ID, FLAG, LONG_PACKET, STARTCODES, u32, varint } from './nut-format';

/** What a NUT file's one video stream is. */
export interface NutStream {
  /** Four-character code of the codec, or of the raw pixel format. */
  readonly fourcc: readonly number[];
  readonly width: number;
  readonly height: number;
  /** Unit of the frames' times. */
  readonly timeBase: Rational;
  readonly sampleAspectRatio: Rational;
  /** Frames by which decoding order may differ from presentation order. */
  readonly decodeDelay: number;
  /** The codec's global header. */
  readonly extradata: Uint8Array;
}

/** What a written file tells beyond that. */
export interface NutHeader extends NutStream {
  /** Frames a second as far as there is such a rate: gives encoders a scale, and the last frame its duration. */
  readonly frameRate: Rational | null;
  /** Frames carry bytes beside their own, which only version 4 of the format can. */
  readonly besides?: boolean;
}

/** Eight-bit raw video's codes in NUT (nut4cc.txt); deeper formats have a systematic one. */
const EIGHT_BIT: Readonly<Record<string, string>> = {
  yuv420p: 'I420',
  yuv422p: '422P',
  yuv444p: '444P',
  gray: 'Y800',
};
const CHROMA_CODES: Readonly<Record<string, number>> = { '1,1': 11, '1,0': 10, '0,0': 0 };

const MAX_DISTANCE = 65_536;
const MSB_PTS_SHIFT = 7;
/** The one frame code that is used. */
const FRAME_CODE = 1;

/** The four-character code of raw video in `format`. */
export function rawFourcc(format: PixelFormat): readonly number[] {
  const eightBit = format.bitDepth === 8 ? EIGHT_BIT[format.name] : undefined;
  if (eightBit !== undefined) return [...Buffer.from(eightBit, 'latin1')];
  if (format.planes === 1) return [0x59, 0x31, 0, format.bitDepth];
  const chroma = CHROMA_CODES[`${format.chromaShiftX},${format.chromaShiftY}`] ?? 0;
  // `Y3`, or `Y4` with alpha.
  return [0x59, 0x30 + format.planes, chroma, format.bitDepth];
}

/** File header of a NUT file with one video stream. */
export function nutHeader(stream: NutHeader): Buffer {
  const { timeBase, sampleAspectRatio, fourcc, extradata, frameRate } = stream;
  const main = [
    // Version 4 has a minor version, too, and flags at the end.
    ...(stream.besides ? [...varint(4), ...varint(0)] : varint(3)),
    ...varint(1),
    ...varint(MAX_DISTANCE),
    ...varint(1),
    ...varint(timeBase.num),
    ...varint(timeBase.den),
    ...frameCodes(FLAG.invalid, 1),
    ...frameCodes(FLAG.coded, 1),
    // Frame code 'N' begins startcodes and is left out of the count.
    ...frameCodes(FLAG.invalid, 253),
    ...varint(0),
    ...(stream.besides ? varint(0) : []),
  ];
  const video = [
    ...varint(0),
    ...varint(0),
    ...varint(fourcc.length),
    ...fourcc,
    ...varint(0),
    ...varint(MSB_PTS_SHIFT),
    ...varint(MAX_DISTANCE),
    ...varint(stream.decodeDelay),
    ...varint(0),
    ...varint(extradata.length),
    ...extradata,
    ...varint(stream.width),
    ...varint(stream.height),
    ...varint(sampleAspectRatio.num),
    ...varint(sampleAspectRatio.den),
    ...varint(0),
  ];
  return Buffer.concat([
    Buffer.from(FILE_ID, 'latin1'),
    Buffer.from(packet(STARTCODES.main, main)),
    Buffer.from(packet(STARTCODES.stream, video)),
    ...(frameRate ? [Buffer.from(packet(STARTCODES.info, frameRateInfo(frameRate)))] : []),
  ]);
}

/** Info about the first stream (its number, then chapter, start and length 0): one item, of text type (-1 in signed form). */
function frameRateInfo({ num, den }: Rational): number[] {
  const text = (value: string): number[] => [...varint(value.length), ...Buffer.from(value, 'latin1')];
  return [...[1, 0, 0, 0, 1], ...text('r_frame_rate'), 2, ...text(`${num}/${den}`)];
}

/**
 * What stands before a frame's bytes: a syncpoint and the frame's header, and the frame's alpha where it
 * is coded apart from it.
 * @param pts ticks, not negative
 */
export function nutFrameHead(frame: {
  readonly pts: number;
  readonly size: number;
  readonly key: boolean;
  readonly alpha?: Uint8Array;
}): Buffer {
  const besides = frame.alpha ? alphaHead(frame.alpha.length) : [];
  // After the alpha comes the number of things of another kind: none.
  const besidesSize = frame.alpha ? besides.length + frame.alpha.length + 1 : 0;
  const flags =
    FLAG.codedPts |
    FLAG.sizeMsb |
    FLAG.checksum |
    (frame.key ? FLAG.key : 0) |
    (frame.alpha ? FLAG.sideData : 0);
  const head = [
    FRAME_CODE,
    ...varint(flags),
    ...varint(frame.pts + 2 ** MSB_PTS_SHIFT),
    ...varint(frame.size + besidesSize),
  ];
  const front = Buffer.from([
    ...packet(STARTCODES.syncpoint, [...varint(frame.pts), ...varint(0)]),
    ...head,
    ...u32(crc(head)),
    ...besides,
  ]);
  return frame.alpha ? Buffer.concat([front, frame.alpha, Buffer.from([0])]) : front;
}

/** One thing beside the frame: ffmpeg's name for a Matroska block's first addition, which alpha is (WebM, "Alpha channel"). */
function alphaHead(size: number): number[] {
  const text = (value: string): number[] => [...varint(value.length), ...Buffer.from(value, 'latin1')];
  // The 4 is -2 in signed form: bytes, whose type is told by name.
  return [1, ...text('CodecSpecificSide1'), 4, ...text('bin'), ...varint(size)];
}

function packet(startcode: readonly number[], payload: readonly number[]): number[] {
  const head = [...startcode, ...varint(payload.length + 4)];
  const headSum = payload.length + 4 > LONG_PACKET ? u32(crc(head)) : [];
  return [...head, ...headSum, ...payload, ...u32(crc(payload))];
}

/** A run of frame codes with the same flags: pts 0, size multiplier 1, stream 0, size 0, nothing reserved. */
function frameCodes(flags: number, count: number): number[] {
  return [flags, 6, 0, 1, 0, 0, 0, count].flatMap(varint);
}
