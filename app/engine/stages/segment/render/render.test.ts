import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ellipse } from '../../../../../tests/support/hand-made';
import { CLASS_NAMES, trackColour, type ColourDescription } from '../../../../shared';
import { pixelFormat, type Plane, type StreamFormat } from '../../../frames';
import { chromaCoverage } from './chroma-coverage';
import { clipMatte, strokeCoverage } from './coverage';
import type { Matte } from '../instances';
import { boxRadii, EdgeSoftener } from './feather';
import { MatteMemory } from './matte-memory';
import { paint } from './paint';
import { codesOf } from './stream-colour';
import { textStrokes } from './stroke-font';
import { unionMatte } from './union';

const colour: ColourDescription = {
  ...{ matrix: 'bt709', range: 'limited', primaries: 'bt709', transfer: 'bt709' },
  ...{ chromaLocation: 'left', rangeStated: true },
};
function streamOf(format: string, width: number, height: number, chromaLocation = 'left'): StreamFormat {
  const found = pixelFormat(format);
  if (!found) throw new Error(format);
  return {
    ...{ width, height, format: found, timeBase: { num: 1, den: 25 }, frameRate: null },
    colour: { ...colour, chromaLocation },
  };
}

const emptyMatte = (x: number, y: number, width: number, height: number): Matte =>
  new MatteMemory().empty(x, y, width, height);

describe('memory for mattes', () => {
  it('is the same for every frame, and empty each time', () => {
    const memory = new MatteMemory();
    const [one, other] = [memory.empty(1, 2, 4, 3), memory.empty(0, 0, 2, 2)];
    one.data.fill(9);
    expect([one, other.data.length, other.data[0]]).toMatchObject([
      { x: 1, y: 2, width: 4, height: 3 },
      4,
      0,
    ]);
    memory.reuse();
    const again = memory.empty(5, 5, 3, 2);
    expect([again.data.buffer === one.data.buffer, ...again.data]).toEqual([true, 0, 0, 0, 0, 0, 0]);
    expect(memory.empty(0, 0, 9, 9).data).toHaveLength(81);
  });
});

describe('a line', () => {
  it('covers as much as it is long and wide', () => {
    const sum = ({ data }: { data: Uint8Array }): number => data.reduce((all, cover) => all + cover, 0) / 255;
    const picture = { width: 64, height: 64 };
    for (const [x, y] of [
      [50, 10],
      [10, 50],
      [47, 33],
    ] as const) {
      const length = Math.hypot(x - 10, y - 10);
      const line = strokeCoverage([{ points: [10, 10, x, y], closed: false }], 3, picture);
      // Half a circle at either end.
      expect(Math.abs(sum(line) - (length * 3 + Math.PI * 1.5 ** 2))).toBeLessThan(3);
    }
    expect(strokeCoverage([{ points: [-90, -90, -70, -80], closed: false }], 3, picture).data).toHaveLength(
      0,
    );
    expect(strokeCoverage([], 3, picture).data).toHaveLength(0);
  });
});

describe('letters', () => {
  it('are there for every class and number', () => {
    for (const letter of new Set([...CLASS_NAMES.join(''), ...'0123456789'])) {
      const { lines, width } = textStrokes(letter);
      if (letter !== ' ') expect(lines.length, letter).toBeGreaterThan(0);
      expect(width).toBeGreaterThanOrEqual(0);
      for (const { points } of lines)
        for (let i = 0; i < points.length; i += 2) {
          expect(points[i], letter).toBeGreaterThanOrEqual(0);
          expect(points[i + 1], letter).toBeLessThanOrEqual(8);
        }
    }
    expect(textStrokes('ab').width).toBeGreaterThan(textStrokes('a').width + textStrokes('b').width);
  });
});

describe('what chroma sees of a matte', () => {
  it.each([
    ['left', 'yuv420p'],
    ['center', 'yuv420p'],
    ['topleft', 'yuv420p'],
    ['left', 'yuv422p'],
    ['bottom', 'yuv420p'],
    ['left', 'yuv444p'],
  ])('is the mean around its place (%s, %s), also at odd sizes and borders', (site, format) => {
    return fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 8 }),
        async (width, height, left, top) => {
          const stream = streamOf(format, width, height, site);
          const whole = emptyMatte(0, 0, width, height);
          whole.data.fill(200);
          const { chromaShiftX, chromaShiftY } = stream.format;
          const all = await chromaCoverage(whole, stream);
          expect(all).toMatchObject({
            ...{ x: 0, y: 0 },
            width: (width + chromaShiftX) >> chromaShiftX,
            height: (height + chromaShiftY) >> chromaShiftY,
          });
          // Constant stays constant; truncation twice may take a code or two.
          for (const cover of all.data) expect(Math.abs(cover - 200)).toBeLessThan(2);
          if (left >= width || top >= height) return;
          const part = emptyMatte(left, top, width - left, height - top);
          part.data.fill(255);
          const seen = await chromaCoverage(part, stream);
          const at = (x: number, y: number): number =>
            x < seen.x || y < seen.y || x >= seen.x + seen.width || y >= seen.y + seen.height
              ? 0
              : (seen.data[(y - seen.y) * seen.width + x - seen.x] ?? 0);
          // Far inside it is full, far outside nothing.
          const [lastX, lastY] = [all.width - 1, all.height - 1];
          if ((lastX << chromaShiftX) - 2 >= left && (lastY << chromaShiftY) - 2 >= top)
            expect(at(lastX, lastY)).toBeGreaterThan(252);
          if (left > 3 && top > 3) expect(at(0, 0)).toBe(0);
        },
      ),
    );
  });
});

describe('painting', () => {
  it.each(['yuv420p', 'yuv422p10le', 'yuv444p12le', 'gray'])(
    'lays a colour over %s, by coverage and opacity',
    async (name) => {
      const stream = streamOf(name, 15, 9);
      const { format } = stream;
      const unit = 2 ** (format.bitDepth - 8);
      const planes = Array.from({ length: format.planes }, (_, index): Plane => {
        const width = index === 0 ? 15 : (15 + format.chromaShiftX) >> format.chromaShiftX;
        const height = index === 0 ? 9 : (9 + format.chromaShiftY) >> format.chromaShiftY;
        const data = format.bitDepth > 8 ? new Uint16Array(width * height) : new Uint8Array(width * height);
        return { data: data.fill(100 * unit), width, height };
      });
      const white = codesOf({ red: 255, green: 255, blue: 255 }, stream);
      expect(white.map((code) => Math.round(code / unit))).toEqual(
        format.planes === 1 ? [235] : [235, 128, 128],
      );
      const matte = emptyMatte(-3, -3, 12, 12);
      matte.data.fill(255);
      await paint(planes, stream, matte, white, 1);
      expect(planes[0]!.data[0]).toBe(235 * unit);
      expect(planes[0]!.data[14]).toBe(100 * unit);
      if (format.planes > 1) expect(planes[1]!.data[0]).toBe(128 * unit);
      await paint(planes, stream, matte, codesOf({ red: 0, green: 0, blue: 0 }, stream), 0.5);
      expect(Math.round(planes[0]!.data[0]! / unit)).toBe(Math.round((235 + 16) / 2));
    },
  );

  it('gives tracks colours that are steady and far apart', () => {
    expect(trackColour(1)).toEqual(trackColour(1));
    for (let a = 1; a < 12; a++)
      for (let b = a + 1; b < Math.min(12, a + 4); b++) {
        const [one, other] = [trackColour(a), trackColour(b)];
        const apart = Math.hypot(one.red - other.red, one.green - other.green, one.blue - other.blue);
        expect(apart).toBeGreaterThan(60);
      }
  });
});

describe('mattes', () => {
  it('are cut at the picture’s border, and unite without a seam', () => {
    const one = ellipse({ track: 1, x: 2, y: 2, a: 6, b: 6 });
    const clipped = clipMatte(one.matte, 10, 10);
    expect(clipped).toMatchObject({ x: 0, y: 0 });
    expect(clipped.data[2 * clipped.width + 2]).toBe(255);
    const half = (x: number): ReturnType<typeof ellipse> => {
      const matte = emptyMatte(x, 0, 4, 1);
      matte.data.set([255, 128, 128, 0]);
      return { ...one, matte };
    };
    const { data } = unionMatte({ width: 10, height: 1, time: 0, instances: [half(0), half(1)] });
    expect([...data]).toEqual([255, 255, 192, 128, 0]);
    expect(unionMatte({ width: 10, height: 1, time: 0, instances: [] }).data).toHaveLength(0);
  });

  it('have soft edges as wide as is wished, and none at the picture’s border', () => {
    const matte = emptyMatte(0, 20, 40, 40);
    matte.data.fill(255);
    expect(new EdgeSoftener(0).soften(matte, { width: 80, height: 80 })).toBe(matte);
    const soft = new EdgeSoftener(6).soften(matte, { width: 80, height: 80 });
    const at = (x: number, y: number): number => soft.data[(y - soft.y) * soft.width + x - soft.x] ?? 0;
    expect(at(0, 40)).toBe(255);
    expect(Math.abs(at(39, 40) + at(40, 40) - 255)).toBeLessThan(3);
    expect(at(33, 40)).toBeGreaterThan(245);
    expect(at(46, 40)).toBeLessThan(10);
    for (const deviation of [0, 0.3, 1, 2.5, 8]) {
      const variance = boxRadii(deviation).reduce((sum, radius) => sum + (radius * (radius + 1)) / 3, 0);
      expect(Math.sqrt(variance)).toBeGreaterThanOrEqual(deviation * 0.85);
      expect(Math.sqrt(variance)).toBeLessThan(deviation + 0.6);
    }
  });
});
