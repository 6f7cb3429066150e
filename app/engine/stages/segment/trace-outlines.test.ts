import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf } from './initial-contour';
import type { Matte } from './instances';
import { signedArea, traceOutlines } from './trace-outlines';

/** A matte of rows of characters: `#` is in, a digit a tenth of it. */
function matteOf(rows: readonly string[], x = 0, y = 0): Matte {
  const width = rows[0]?.length ?? 0;
  const data = Uint8Array.from(rows.join(''), (char) =>
    char === '#' ? 255 : char === '.' ? 0 : Math.round(25.5 * Number(char)),
  );
  return { x, y, width, height: rows.length, data };
}

describe('traceOutlines', () => {
  it('runs round the pixels that are in, top, left, bottom, right, in the frame’s pixels', () => {
    const [outline, ...others] = traceOutlines(
      matteOf(['......', '.####.', '.####.', '.####.', '.####.', '.####.', '......'], 10, 20),
    );
    expect(others).toEqual([]);
    const points = outline ?? new Float32Array();
    expect(boundsOf(points)).toEqual({ x0: 11, y0: 21, x1: 15, y1: 26 });
    // Corners are cut, and edges straightened, by less than half a pixel.
    expect(signedArea(points)).toBeGreaterThanOrEqual(-20);
    expect(signedArea(points)).toBeLessThan(-17);
  });

  it('ends where the matte does: objects at the frame’s border reach it', () => {
    const [outline] = traceOutlines(matteOf(['####', '####', '####']));
    const xs = (outline ?? new Float32Array()).filter((_, index) => index % 2 === 0);
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([0, 4]);
  });

  it('finds where coverage is a half between pixels', () => {
    const rows = Array.from({ length: 8 }, () => '##8200');
    const [outline] = traceOutlines(matteOf(rows));
    const xs = (outline ?? new Float32Array()).filter((_, index) => index % 2 === 0);
    expect(Math.max(...xs)).toBeCloseTo(2.5 + 0.3 / 0.6, 2);
  });

  it('gives every component, and holes the other way round', () => {
    const outlines = traceOutlines(
      matteOf([
        '#######..####',
        '#######..####',
        '##...##..####',
        '##...##..####',
        '##...##......',
        '#######......',
        '#######......',
      ]),
    );
    const areas = outlines.map(signedArea).sort((a, b) => a - b);
    expect(areas).toHaveLength(3);
    for (const [index, area] of [-49, -16, 9].entries())
      expect(Math.abs((areas[index] ?? 0) - area)).toBeLessThan(2.5);
  });

  it('leaves specks out', () => {
    expect(traceOutlines(matteOf(['#....', '..##.', '.....']))).toEqual([]);
    expect(traceOutlines(matteOf(['...', '...']))).toEqual([]);
  });

  it('encloses as much as is covered, whatever the shape', () => {
    const shape = fc.integer({ min: 3, max: 24 }).chain((width) =>
      fc.integer({ min: 3, max: 24 }).chain((height) =>
        fc.record({
          width: fc.constant(width),
          height: fc.constant(height),
          bits: fc.array(fc.boolean(), { minLength: width * height, maxLength: width * height }),
        }),
      ),
    );
    fc.assert(
      fc.property(shape, ({ width, height, bits }) => {
        // Each pixel four times as wide and high: then nothing is a speck, and corners count for little.
        const data = new Uint8Array(16 * width * height);
        for (let y = 0; y < 4 * height; y++)
          for (let x = 0; x < 4 * width; x++)
            data[y * 4 * width + x] = bits[(y >> 2) * width + (x >> 2)] ? 255 : 0;
        const outlines = traceOutlines({ x: 0, y: 0, width: 4 * width, height: 4 * height, data });
        const enclosed = outlines.reduce((sum, outline) => sum - signedArea(outline), 0);
        const covered = data.reduce((sum, value) => sum + value / 255, 0);
        // At most four corners a block, each of an eighth before edges are straightened.
        expect(Math.abs(enclosed - covered)).toBeLessThanOrEqual(2 * bits.filter(Boolean).length + 1);
      }),
      { numRuns: 100 },
    );
  });
});
