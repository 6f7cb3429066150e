import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandWidth, boundaryBand, boundaryIou } from './boundary-band';
import { parseRuns, regionOfPolygons, regionOfRuns } from './coco-mask';
import { boundaryF } from './davis-boundary';
import { EMPTY, intersection, iou, regionOf, unionOf, type Region } from './region';

/** `#` is the object's. */
function drawn(...rows: readonly string[]): Region {
  const width = rows[0]?.length ?? 0;
  const data = Uint8Array.from(rows.join(''), (pixel) => (pixel === '#' ? 255 : 0));
  return regionOf({ x: 0, y: 0, width, height: rows.length, data });
}

function text({ x, y, width, height, data }: Region, columns: number, rows: number): string[] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const [across, down] = [column - x, row - y];
      const inside = across >= 0 && down >= 0 && across < width && down < height;
      return inside && data[down * width + across] === 1 ? '#' : '.';
    }).join(''),
  );
}

const square = (x: number, y: number, side: number): Region =>
  regionOf({ x, y, width: side, height: side, data: new Uint8Array(side * side).fill(255) });

describe('regions', () => {
  it('hold the pixels from half coverage on in the smallest rectangle', () => {
    const coverage = {
      x: 3,
      y: 5,
      width: 4,
      height: 3,
      data: Uint8Array.of(0, 0, 0, 0, 0, 127, 128, 0, 0, 0, 255, 0),
    };
    expect(regionOf(coverage)).toEqual({
      x: 5,
      y: 6,
      width: 1,
      height: 2,
      data: Uint8Array.of(1, 1),
      area: 2,
    });
    expect(regionOf(coverage, 1).area).toBe(3);
    expect(regionOf({ ...coverage, data: new Uint8Array(12) })).toBe(EMPTY);
  });

  it('agree by the share of pixels that both have', () => {
    expect(iou(square(0, 0, 4), square(2, 0, 4))).toBe(8 / 24);
    expect(iou(square(0, 0, 4), square(0, 0, 4))).toBe(1);
    expect(iou(square(0, 0, 4), square(4, 4, 4))).toBe(0);
    expect(iou(square(0, 0, 4), EMPTY)).toBe(0);
    expect(iou(EMPTY, EMPTY)).toBe(1);
    // Of 100 pixels and 50, 50 in common.
    const half = regionOf({ x: 10, y: 20, width: 10, height: 5, data: new Uint8Array(50).fill(255) });
    expect(iou(square(10, 20, 10), half)).toBe(0.5);
  });

  it('unite', () => {
    const both = unionOf([drawn('##..', '....'), EMPTY, drawn('.#..', '...#')]);
    expect(text(both, 4, 2)).toEqual(['##..', '...#']);
    expect(both.area).toBe(3);
    expect(unionOf([])).toBe(EMPTY);
  });
});

describe('the band along an edge', () => {
  it('is as wide as 2 % of the diagonal, half a pixel to the even side', () => {
    expect([bandWidth(640, 480), bandWidth(500, 375), bandWidth(300, 400), bandWidth(8, 6)]).toEqual([
      16, 12, 10, 1,
    ]);
  });

  it('is what erosions take away, the frame’s border included', () => {
    const band = boundaryBand(drawn('#####', '#####', '#####', '#####', '#####'), 1);
    expect(text(band, 5, 5)).toEqual(['#####', '#...#', '#...#', '#...#', '#####']);
    expect(text(boundaryBand(drawn('.....', '.###.', '.###.', '.#.#.'), 1), 5, 4)).toEqual([
      ...['.....', '.###.', '.###.', '.#.#.'],
    ]);
  });

  it('is the whole of a small object, and has a known area for squares', () => {
    expect(boundaryBand(square(3, 3, 4), 2).area).toBe(16);
    expect(boundaryBand(square(3, 3, 20), 3).area).toBe(400 - 14 * 14);
  });

  it('agrees for squares as reckoned by hand', () => {
    // Bands of 2 pixels of squares of 20, 144 pixels each, 4 pixels apart.
    const [one, other] = [square(0, 0, 20), square(4, 0, 20)];
    // In common: rows 0, 1, 18, 19 over the 16 columns 4 … 19; in the 16 rows between nothing, since columns
    // 0, 1, 18, 19 and 4, 5, 22, 23 differ.
    expect(intersection(boundaryBand(one, 2), boundaryBand(other, 2))).toBe(64);
    expect(boundaryIou(one, other, 2)).toBe(64 / (144 + 144 - 64));
    expect(boundaryIou(one, one, 2)).toBe(1);
  });

  it('equals repeated 3×3 erosions for any shape', () => {
    const shape = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc.record({
          width: fc.constant(width),
          height: fc.constant(height),
          pixels: fc.array(fc.integer({ min: 0, max: 3 }), {
            minLength: width * height,
            maxLength: width * height,
          }),
          distance: fc.integer({ min: 1, max: 3 }),
        }),
      );
    fc.assert(
      fc.property(shape, ({ width, height, pixels, distance }) => {
        const full = Uint8Array.from(pixels, (value) => (value > 0 ? 1 : 0));
        let inner: Uint8Array = full;
        for (let time = 0; time < distance; time++) inner = erode(inner, width, height);
        const expected = regionOf(
          { x: 0, y: 0, width, height, data: full.map((value, at) => value - inner[at]!) },
          1,
        );
        const band = boundaryBand(regionOf({ x: 0, y: 0, width, height, data: full }, 1), distance);
        expect(text(band, width, height)).toEqual(text(expected, width, height));
        expect(band.area).toBe(expected.area);
      }),
    );
  });

  function erode(pixels: Uint8Array, width: number, height: number): Uint8Array {
    const at = (x: number, y: number): number =>
      x < 0 || y < 0 || x >= width || y >= height ? 0 : pixels[y * width + x]!;
    return pixels.map((_, index) => {
      const [x, y] = [index % width, Math.floor(index / width)];
      return [-1, 0, 1].every((down) => [-1, 0, 1].every((across) => at(x + across, y + down) === 1)) ? 1 : 0;
    });
  }
});

describe('COCO’s masks', () => {
  it('of polygons hold the pixels whose centres lie inside', () => {
    expect(text(regionOfPolygons([[1, 1, 4, 1, 4, 3, 1, 3]], 6, 4), 6, 4)).toEqual([
      ...['......', '.###..', '.###..', '......'],
    ]);
    // What begins after a centre leaves that pixel out.
    expect(text(regionOfPolygons([[0.7, 0.4, 3.2, 0.4, 3.2, 2.4, 0.7, 2.4]], 4, 3), 4, 3)).toEqual([
      ...['.##.', '.##.', '....'],
    ]);
  });

  it('of several polygons are united, and cut off at the frame', () => {
    const mask = regionOfPolygons(
      [
        [-5, -5, 2, -5, 2, 2, -5, 2],
        [1, 1, 9, 1, 9, 9, 1, 9],
      ],
      5,
      4,
    );
    expect(text(mask, 5, 4)).toEqual(['##...', '#####', '.####', '.####']);
  });

  it('of a ring that crosses itself have the overlap outside', () => {
    const twice = [0, 0, 4, 0, 4, 4, 0, 4, 0, 0, 4, 0, 4, 4, 0, 4];
    expect(regionOfPolygons([twice], 5, 5).area).toBe(0);
  });

  it('of run lengths go down the columns', () => {
    expect(text(regionOfRuns({ width: 3, height: 2, counts: [1, 3, 2] }), 3, 2)).toEqual(['.#.', '##.']);
    expect(regionOfRuns({ width: 3, height: 2, counts: [6] })).toBe(EMPTY);
    expect(() => regionOfRuns({ width: 3, height: 2, counts: [1, 6] })).toThrow(RangeError);
    expect(() => regionOfRuns({ width: 3, height: 2, counts: [1, 2] })).toThrow(RangeError);
  });

  it('of compressed text are the run lengths that pycocotools wrote', () => {
    // pycocotools.mask.encode of a 5×4 frame, rows .##.. / .###. / ..... / ....#
    expect(parseRuns('42201O20')).toEqual([4, 2, 2, 2, 3, 1, 5, 1]);
    // Longer runs, and ones that are shorter than those two before.
    expect(parseRuns('j11k1000[N>L=6UON>L')).toEqual([58, 1, 59, 1, 59, 1, 6, 15, 2, 28, 8, 1, 6, 15, 2]);
    expect(() => parseRuns('4P')).toThrow(RangeError);
    expect(() => parseRuns('!')).toThrow(RangeError);
  });
});

describe('F of DAVIS', () => {
  const frame = { width: 500, height: 375 };

  it('is 1 up to .008 of the diagonal apart', () => {
    const object = square(100, 100, 60);
    expect(boundaryF(object, object, frame)).toBe(1);
    expect(boundaryF(square(105, 100, 60), object, frame)).toBe(1);
    expect(boundaryF(square(112, 112, 60), object, frame)).toBeLessThan(0.5);
    expect(boundaryF(square(300, 100, 60), object, frame)).toBe(0);
  });

  it('weighs what was found wrongly against what was missed', () => {
    // The true square and one far off as large: all of the truth is found, half of what was found is right.
    const doubled = unionOf([square(100, 100, 60), square(300, 100, 60)]);
    expect(boundaryF(doubled, square(100, 100, 60), frame)).toBeCloseTo((2 * 0.5 * 1) / 1.5, 12);
    expect(boundaryF(square(100, 100, 60), doubled, frame)).toBeCloseTo((2 * 1 * 0.5) / 1.5, 12);
  });

  it('has an answer where there is no contour', () => {
    expect(boundaryF(EMPTY, EMPTY, frame)).toBe(1);
    expect(boundaryF(EMPTY, square(1, 1, 9), frame)).toBe(0);
    // An object that fills the frame has none either.
    const all = regionOf({ x: 0, y: 0, ...frame, data: new Uint8Array(500 * 375).fill(255) });
    expect(boundaryF(all, all, frame)).toBe(1);
    expect(boundaryF(all, square(1, 1, 9), frame)).toBe(0);
  });
});
