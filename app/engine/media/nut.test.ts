import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pixelFormat } from '../frames';
import { crc, varint } from './nut-format';
import { NutDamage, NutReader, type NutFrame } from './nut-reader';
import { nutFrameHead, nutHeader, rawFourcc, type NutHeader } from './nut-writer';

const HEADER: NutHeader = {
  fourcc: [0x49, 0x34, 0x32, 0x30],
  width: 101,
  height: 67,
  timeBase: { num: 1001, den: 30_000 },
  sampleAspectRatio: { num: 4, den: 3 },
  decodeDelay: 2,
  extradata: Uint8Array.from([1, 2, 3]),
  frameRate: { num: 30_000, den: 1001 },
};

interface Packet {
  readonly pts: number;
  readonly key: boolean;
  readonly data: Uint8Array;
}

function file(packets: readonly Packet[], header = HEADER): Buffer {
  const parts = packets.flatMap(({ pts, key, data }) => [
    nutFrameHead({ pts, key, size: data.length }),
    data,
  ]);
  return Buffer.concat([nutHeader(header), ...parts]);
}

/** `bytes` in chunks of the given sizes, over and over. */
function inChunks(bytes: Buffer, sizes: readonly number[]): Readable {
  const chunks: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return Readable.from(chunks);
}

async function readAll(source: Readable): Promise<{ header: unknown; packets: Packet[] }> {
  const reader = new NutReader(source);
  const header = await reader.open();
  const packets: Packet[] = [];
  for (let frame: NutFrame | null = await reader.next(); frame; frame = await reader.next()) {
    const data = new Uint8Array(frame.size);
    await reader.read(data);
    packets.push({ pts: frame.pts, key: frame.key, data });
  }
  return { header, packets };
}

describe('NUT', () => {
  it('gives back every frame as it was written, however the bytes arrive', async () => {
    const packet = fc.record({
      pts: fc.integer({ min: 0, max: 2 ** 50 }),
      key: fc.boolean(),
      data: fc.uint8Array({ maxLength: 300 }),
    });
    const chunks = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(packet, { maxLength: 12 }), chunks, async (packets, sizes) => {
        const { header, packets: read } = await readAll(inChunks(file(packets), sizes));
        // The rate stands in an info packet, which only ffmpeg reads.
        expect({ ...(header as object), frameRate: HEADER.frameRate }).toEqual(HEADER);
        expect(read).toEqual(packets);
      }),
    );
  });

  it('says where a file was cut, and knows an empty one', async () => {
    const whole = file([{ pts: 5, key: true, data: new Uint8Array(1000) }]);
    expect((await readAll(Readable.from([]))).header).toBeNull();
    for (const length of [10, 40, whole.length - 1001, whole.length - 1]) {
      await expect(readAll(inChunks(whole.subarray(0, length), [64]))).rejects.toMatchObject({
        name: 'NutDamage',
      });
    }
    await expect(
      readAll(Readable.from([Buffer.from('no nut at all, but long enough')])),
    ).rejects.toBeInstanceOf(NutDamage);
  });

  it('has a code of its own for every format that frames have', () => {
    const names = ['yuv420p', 'yuv422p', 'yuv444p', 'gray'].flatMap((family) => [
      family,
      `${family}10le`,
      `${family}12le`,
    ]);
    const codes = names.map((name) => {
      const format = pixelFormat(name);
      if (!format) throw new Error(name);
      return rawFourcc(format).join();
    });
    expect(new Set(codes).size).toBe(12);
    expect(codes.every((code) => code.split(',').length === 4)).toBe(true);
  });

  it('writes numbers and checksums as the standard has them', () => {
    expect(varint(0)).toEqual([0]);
    expect(varint(127)).toEqual([127]);
    expect(varint(128)).toEqual([0x81, 0]);
    expect(varint(2 ** 53 - 1)).toEqual([0x8f, 255, 255, 255, 255, 255, 255, 127]);
    expect(() => varint(-1)).toThrow('Expected a whole number from 0 for value but received -1');
    // A remainder with generator 0x04C11DB7: one byte 1 gives the generator itself.
    expect(crc([1])).toBe(0x04c11db7);
  });
});
