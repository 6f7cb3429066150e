import type { Readable } from 'node:stream';
import type { Rational } from '../../shared';
import { ByteReader } from './byte-reader';
import { FILE_ID, FLAG, LONG_PACKET, START_FIRST, STARTCODES } from './nut-format';
import type { NutStream } from './nut-writer';

/** What a frame code stands for (nut.txt, "main_header"). */
interface FrameCode {
  readonly flags: number;
  readonly streamId: number;
  readonly sizeMultiplier: number;
  readonly sizeLsb: number;
  readonly ptsDelta: number;
  readonly reserved: number;
  readonly headerIndex: number;
}

/** A frame whose bytes are next in the stream. */
export interface NutFrame {
  readonly pts: number;
  readonly key: boolean;
  /** Bytes of the frame. */
  readonly size: number;
}

/** The stream ends inside a packet, or is no NUT. */
export class NutDamage extends Error {
  override readonly name = 'NutDamage';
  constructor(
    message: string,
    /** The stream ended before it should have. */
    readonly atEnd = false,
  ) {
    super(message);
  }
}

/**
 * Reads the NUT that ffmpeg writes, with one video stream, from a pipe or a file. After `open`,
 * `next` and `read` alternate until `next` gives null.
 */
export class NutReader {
  readonly #bytes: ByteReader;
  #codes: readonly (FrameCode | undefined)[] = [];
  #timeBases: readonly Rational[] = [];
  /** Bytes that frames may leave out because they begin alike ("elision headers"). */
  #headers: readonly Uint8Array[] = [new Uint8Array(0)];
  #stream: NutStream | null = null;
  #msbPtsShift = 0;
  #lastPts = 0;
  #prefix: Uint8Array = new Uint8Array(0);

  constructor(source: Readable) {
    this.#bytes = new ByteReader(source);
  }

  /**
   * Reads the headers. Null if the source ends before there is anything.
   * @throws NutDamage
   */
  async open(): Promise<NutStream | null> {
    const first = await this.#bytes.byte();
    if (first === null) return null;
    const id = new Uint8Array(FILE_ID.length - 1);
    await this.#fill(id);
    if (String.fromCharCode(first, ...id) !== FILE_ID) throw new NutDamage('No NUT.');
    while (!this.#stream) {
      const code = await this.#bytes.byte();
      if (code !== START_FIRST) throw new NutDamage('No stream header.');
      await this.#packet();
    }
    return this.#stream;
  }

  /** The next frame's header, or null at the end. */
  async next(): Promise<NutFrame | null> {
    for (;;) {
      const code = await this.#bytes.byte();
      if (code === null) return null;
      if (code === START_FIRST) await this.#packet();
      else {
        const frame = await this.#frameHeader(code);
        if (frame) return frame;
      }
    }
  }

  /** Fills `target`, of the length that `next` told, with the frame's bytes. */
  async read(target: Uint8Array): Promise<void> {
    target.set(this.#prefix);
    await this.#fill(target.subarray(this.#prefix.length));
  }

  async #frameHeader(code: number): Promise<NutFrame | null> {
    const row = this.#codes[code];
    if (!row) throw new NutDamage('An invalid frame code.');
    let { flags, reserved, headerIndex } = row;
    if (flags & FLAG.coded) flags ^= await this.#varint();
    if (flags & FLAG.invalid) throw new NutDamage('An invalid frame.');
    const streamId = flags & FLAG.streamId ? await this.#varint() : row.streamId;
    if (streamId !== 0 || flags & FLAG.sideData) throw new NutDamage('More than one stream.');
    let pts = this.#lastPts + row.ptsDelta;
    if (flags & FLAG.codedPts) pts = this.#fullPts(await this.#varint());
    let size = row.sizeLsb;
    if (flags & FLAG.sizeMsb) size += row.sizeMultiplier * (await this.#varint());
    if (flags & FLAG.matchTime) await this.#varint();
    if (flags & FLAG.headerIndex) headerIndex = await this.#varint();
    if (flags & FLAG.reserved) reserved = await this.#varint();
    for (let index = 0; index < reserved; index++) await this.#varint();
    if (flags & FLAG.checksum) await this.#skip(4);
    this.#lastPts = pts;
    if (size === 0 && flags & FLAG.endOfRelevance) return null;
    this.#prefix = this.#headers[headerIndex] ?? new Uint8Array(0);
    return { pts, key: (flags & FLAG.key) !== 0, size };
  }

  /** A time from its coded low bits, near the last one, or as it stands. */
  #fullPts(coded: number): number {
    const span = 2 ** this.#msbPtsShift;
    if (coded >= span) return coded - span;
    const least = this.#lastPts - Math.floor((span - 1) / 2);
    return least + ((((coded - least) % span) + span) % span);
  }

  /** A packet whose startcode's first byte was taken. */
  async #packet(): Promise<void> {
    const startcode = new Uint8Array(8);
    startcode[0] = START_FIRST;
    await this.#fill(startcode.subarray(1));
    const length = await this.#varint();
    if (length > LONG_PACKET) await this.#skip(4);
    const is = (wanted: readonly number[]): boolean =>
      wanted.every((byte, index) => byte === startcode[index]);
    const wanted = is(STARTCODES.main) || is(STARTCODES.stream) || is(STARTCODES.syncpoint);
    if (!wanted) {
      await this.#skip(length);
      return;
    }
    const payload = new Uint8Array(length);
    await this.#fill(payload);
    const fields = new Fields(payload);
    if (is(STARTCODES.main)) this.#mainHeader(fields);
    else if (is(STARTCODES.stream)) this.#stream ??= this.#streamHeader(fields);
    else this.#syncpoint(fields);
  }

  #mainHeader(fields: Fields): void {
    const version = fields.varint();
    if (version < 2 || version > 4) throw new NutDamage(`NUT of version ${version}.`);
    if (version > 3) fields.varint();
    fields.varint();
    fields.varint();
    this.#timeBases = Array.from({ length: fields.varint() }, () => ({
      num: fields.varint(),
      den: fields.varint(),
    }));
    this.#codes = frameCodeTable(fields);
    const headers = fields.varint();
    this.#headers = [new Uint8Array(0), ...Array.from({ length: headers }, () => fields.bytes())];
  }

  #streamHeader(fields: Fields): NutStream {
    fields.varint();
    fields.varint();
    const fourcc = [...fields.bytes()];
    const timeBase = this.#timeBases[fields.varint()];
    if (!timeBase) throw new NutDamage('No time base.');
    this.#msbPtsShift = fields.varint();
    fields.varint();
    const decodeDelay = fields.varint();
    fields.varint();
    const extradata = fields.bytes();
    const [width, height] = [fields.varint(), fields.varint()];
    const sampleAspectRatio = { num: fields.varint(), den: fields.varint() };
    return { fourcc, width, height, timeBase, sampleAspectRatio, decodeDelay, extradata };
  }

  /** Times of the frames that follow count from the syncpoint's. */
  #syncpoint(fields: Fields): void {
    const coded = fields.bigVarint();
    const count = BigInt(this.#timeBases.length);
    const base = this.#timeBases[Number(coded % count)];
    const own = this.#stream?.timeBase;
    if (!base || !own) throw new NutDamage('A syncpoint before the headers.');
    // The time is signed in fact: a decoding time before zero is written as its two's complement.
    const ticks = BigInt.asIntN(64, coded) / count;
    const numerator = ticks * BigInt(base.num) * BigInt(own.den);
    const denominator = BigInt(base.den) * BigInt(own.num);
    const down = numerator % denominator < 0n ? 1n : 0n;
    this.#lastPts = Number(numerator / denominator - down);
  }

  async #varint(): Promise<number> {
    let value = 0;
    for (;;) {
      const byte = await this.#bytes.byte();
      if (byte === null) throw new NutDamage('The end within a number.', true);
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  }

  async #fill(target: Uint8Array): Promise<void> {
    if ((await this.#bytes.fill(target)) < target.length)
      throw new NutDamage('The end within a packet.', true);
  }

  async #skip(count: number): Promise<void> {
    if ((await this.#bytes.skip(count)) < count) throw new NutDamage('The end within a packet.', true);
  }
}

/** The 256 frame codes, told in runs (nut.txt, "main_header"). */
function frameCodeTable(fields: Fields): readonly (FrameCode | undefined)[] {
  const codes: (FrameCode | undefined)[] = [];
  let ptsDelta = 0;
  let multiplier = 1;
  let streamId = 0;
  let headerIndex = 0;
  while (codes.length < 256) {
    const flags = fields.varint();
    const count = fields.varint();
    if (count > 0) ptsDelta = fields.signed();
    if (count > 1) multiplier = fields.varint();
    if (count > 2) streamId = fields.varint();
    const size = count > 3 ? fields.varint() : 0;
    const reserved = count > 4 ? fields.varint() : 0;
    let run = count > 5 ? fields.varint() : multiplier - size;
    if (count > 6) fields.signed();
    if (count > 7) headerIndex = fields.varint();
    if (run <= 0) throw new NutDamage('An empty run of frame codes.');
    for (let sizeLsb = size; run > 0 && codes.length < 256;) {
      if (codes.length === START_FIRST) codes.push(undefined);
      else {
        const code = {
          flags,
          streamId,
          sizeMultiplier: multiplier,
          sizeLsb,
          ptsDelta,
          reserved,
          headerIndex,
        };
        codes.push(flags & FLAG.invalid ? undefined : code);
        run--;
        sizeLsb++;
      }
    }
  }
  return codes;
}

/** Fields of a packet that is in memory. */
class Fields {
  #at = 0;

  constructor(private readonly payload: Uint8Array) {}

  varint(): number {
    return Number(this.bigVarint());
  }

  bigVarint(): bigint {
    let value = 0n;
    for (;;) {
      const byte = this.payload[this.#at++];
      if (byte === undefined) throw new NutDamage('The end within a number.');
      value = value * 128n + BigInt(byte & 127);
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.varint() + 1;
    return value % 2 === 1 ? -(value - 1) / 2 : value / 2;
  }

  bytes(): Uint8Array {
    const length = this.varint();
    const found = this.payload.slice(this.#at, this.#at + length);
    if (found.length < length) throw new NutDamage('The end within a field.');
    this.#at += length;
    return found;
  }
}
