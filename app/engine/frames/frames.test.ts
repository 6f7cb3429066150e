import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColourDescription } from '../../shared';
import {
  ALPHA_PLANE,
  frameBytes,
  FramePool,
  lumaToUnit,
  opaqueTwin,
  pixelFormat,
  planeSize,
  rescale,
  secondsToTicks,
  withAlpha,
  type StreamFormat,
} from '.';

const colour: ColourDescription = {
  matrix: 'bt709',
  range: 'limited',
  primaries: 'bt709',
  transfer: 'bt709',
  chromaLocation: 'left',
  rangeStated: true,
};

function stream(format: string, width: number, height: number): StreamFormat {
  const found = pixelFormat(format);
  if (!found) throw new Error(format);
  return { width, height, format: found, colour, timeBase: { num: 1, den: 90_000 }, frameRate: null };
}

describe('pixel formats', () => {
  it('rounds the chroma of odd sizes up', () => {
    const format = stream('yuv420p', 3, 5).format;
    expect(planeSize(format, 0, 3, 5)).toEqual({ width: 3, height: 5 });
    expect(planeSize(format, 1, 3, 5)).toEqual({ width: 2, height: 3 });
    expect(frameBytes(format, 3, 5)).toBe(15 + 2 * 6);
    expect(frameBytes(stream('yuv422p10le', 3, 5).format, 3, 5)).toBe(2 * (15 + 2 * 10));
    expect(frameBytes(stream('gray', 1, 1).format, 1, 1)).toBe(1);
  });

  it('has as much alpha as luma, and a twin without it', () => {
    const format = pixelFormat('yuva420p10le')!;
    expect(planeSize(format, ALPHA_PLANE, 101, 67)).toEqual({ width: 101, height: 67 });
    expect(frameBytes(format, 101, 67)).toBe(2 * (2 * 101 * 67 + 2 * 51 * 34));
    expect(opaqueTwin(format).name).toBe('yuv420p10le');
    expect(withAlpha(opaqueTwin(format))).toBe(format);
    expect(withAlpha(pixelFormat('gray10le')!).name).toBe('yuva444p10le');
  });

  it('knows no packed or float format', () => {
    for (const name of ['nv12', 'rgb24', 'rgba', 'grayf32le', 'yuv420p14le'])
      expect(pixelFormat(name)).toBeUndefined();
  });
});

describe('a frame pool', () => {
  it('reuses memory and makes no more frames than its capacity', async () => {
    const pool = new FramePool(stream('yuv420p', 4, 4), 2);
    const first = await pool.take({ pts: 0, duration: null });
    const second = await pool.take({ pts: 1, duration: null });
    const { bytes } = first;
    let third: Awaited<ReturnType<typeof pool.take>> | undefined;
    const waiting = pool.take({ pts: 2, duration: 5 }).then((frame) => (third = frame));
    await Promise.resolve();
    expect(third).toBeUndefined();
    first.release();
    await waiting;
    expect(third?.bytes).toBe(bytes);
    expect(third).toMatchObject({ pts: 2, sourcePts: 2, duration: 5, sceneCutBefore: false });
    second.release();
    expect(pool.held).toBe(1);
  });

  it('refuses the use of a frame after its release', async () => {
    const pool = new FramePool(stream('gray10le', 2, 2), 1);
    const frame = await pool.take({ pts: 0, duration: null });
    expect(frame.planes[0]?.data).toBeInstanceOf(Uint16Array);
    frame.release();
    expect(() => frame.planes).toThrow('released');
    expect(() => {
      frame.release();
    }).toThrow('released');
  });
});

describe('time', () => {
  it('goes to a finer time base and back without change', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
        fc.integer({ min: 1, max: 1001 }),
        fc.integer({ min: 1, max: 60_000 }),
        (ticks, num, den) => {
          const coarse = { num, den };
          const fine = { num: 1, den: den * 7 };
          expect(rescale(rescale(ticks, coarse, fine), fine, coarse)).toBe(ticks);
        },
      ),
    );
  });

  it('takes the first tick at or after a time', () => {
    expect(secondsToTicks(1, { num: 1, den: 30 })).toBe(30);
    expect(secondsToTicks(1.01, { num: 1, den: 30 })).toBe(31);
    expect(secondsToTicks(0.1, { num: 1, den: 90_000 })).toBe(9000);
  });
});

describe('luma for networks', () => {
  it.each([
    [8, 'limited', 16, 235],
    [8, 'full', 0, 255],
    [10, 'limited', 64, 940],
    [10, 'full', 0, 1023],
  ] as const)(
    'puts black and white of %i-bit %s range at 16/255 and 235/255',
    (depth, range, black, white) => {
      const { scale, offset } = lumaToUnit(depth, range);
      expect(black * scale + offset).toBeCloseTo(16 / 255, 10);
      expect(white * scale + offset).toBeCloseTo(235 / 255, 10);
    },
  );
});
