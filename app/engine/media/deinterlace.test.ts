import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { picture, withBothFfmpegs } from '../../../tests/support/both-ffmpegs';
import type { Deinterlacing } from '../../shared';
import { FramePool } from '../frames';
import { decodeFormat, openDecoder, probe } from '.';

const LOSSLESS = ['-c:v', 'libx264', '-qp', '0', '-pix_fmt', 'yuv420p'] as const;
const LUMA = 320 * 240;

interface Shown {
  readonly pts: number;
  readonly luma: Buffer;
}

await withBothFfmpegs((bench) => {
  const { tools } = bench;

  const decode = async (path: string, deinterlace?: Deinterlacing, from?: number): Promise<Shown[]> => {
    const info = await probe(tools, path);
    const format = decodeFormat(info, deinterlace);
    if (!format.supported) throw new Error(format.reason);
    const pool = new FramePool(format.stream, 2);
    const { signal } = new AbortController();
    const range = from === undefined ? {} : { from };
    const frames: Shown[] = [];
    for await (const frame of openDecoder(tools, info, { ...format, ...range, pool, signal })) {
      frames.push({ pts: frame.pts, luma: Buffer.from(frame.bytes.subarray(0, LUMA)) });
      frame.release();
    }
    return frames;
  };
  const hashes = (frames: readonly Shown[]): string[] =>
    frames.map(({ pts, luma }) => `${pts} ${createHash('md5').update(luma).digest('hex')}`);
  const difference = (one: readonly Shown[], other: readonly Shown[]): number => {
    let sum = 0;
    for (const [index, { luma }] of one.entries())
      luma.forEach((value, at) => (sum += Math.abs(value - (other[index]?.luma[at] ?? 0))));
    return sum / one.length / LUMA;
  };

  it('makes whole frames of fields, at the first one’s times', async () => {
    const moving = picture('320x240', '50', '6');
    const fields = ['-vf', 'tinterlace=interleave_top', '-r', '25', ...LOSSLESS, '-x264opts', 'tff=1'];
    const path = await bench.make('fields.mkv', ...moving, ...fields, '-g', '50');
    const whole = await bench.make(
      'whole.mkv',
      ...moving,
      '-vf',
      'select=not(mod(n\\,2))',
      '-r',
      '25',
      ...LOSSLESS,
    );
    const info = await probe(tools, path);
    expect(info.video.interlaced).toBe(true);
    const notes = (how?: Deinterlacing): string[] => {
      const format = decodeFormat(info, how);
      return format.supported ? [...format.notes] : [format.reason];
    };
    expect(notes()).toEqual([expect.stringContaining('interlaced')]);
    expect(notes('off')).toEqual([]);
    const [made, woven, truth] = [await decode(path), await decode(path, 'off'), await decode(whole)];
    expect(made.map(({ pts }) => pts)).toEqual(woven.map(({ pts }) => pts));
    expect(made).toHaveLength(150);
    expect(difference(made, truth)).toBeLessThan(0.8 * difference(woven, truth));
    // An interrupted run goes on with the same frames.
    const from = made[120]?.pts ?? 0;
    expect(hashes(await decode(path, 'auto', from))).toEqual(hashes(made.slice(120)));
  });

  it('leaves frames as they are where none is marked, unless all are meant', async () => {
    const path = await bench.make('plain.mkv', ...picture('320x240'), ...LOSSLESS);
    const plain = await decode(path, 'off');
    expect(hashes(await decode(path))).toEqual(hashes(plain));
    const all = await decode(path, 'on');
    expect(all.map(({ pts }) => pts)).toEqual(plain.map(({ pts }) => pts));
    expect(difference(all, plain)).toBeGreaterThan(0);
  });
});
