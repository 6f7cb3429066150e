import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PointRendering } from './point-rendering';
import type { SnakeGraphs } from './snake-graphs';

const numbers = z.array(z.number());
const fixture = z
  .object({ contours: numbers })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../../tests/fixtures/snake-geometry.json', import.meta.url), 'utf8'),
    ),
  );

/** A head that is sure of a disc, and notes what it was asked. */
function discHead(
  x: number,
  y: number,
  radius: number,
): { graphs: SnakeGraphs; asked: number[]; shapes: number[][] } {
  const asked: number[] = [];
  const shapes: number[][] = [];
  const inside = async (points: Float32Array, shape: Float32Array, logits: Float32Array): Promise<void> => {
    asked.push(logits.length);
    for (let at = 0; at < logits.length; at++) {
      logits[at] = radius - Math.hypot((points[2 * at] ?? 0) - x, (points[2 * at + 1] ?? 0) - y);
      shapes.push([...shape.subarray(5 * at, 5 * at + 5)]);
    }
  };
  return { graphs: { inside } as unknown as SnakeGraphs, asked, shapes };
}

/** A square as a contour of 128 points, 32 an edge. */
function square(x0: number, y0: number, side: number): Float32Array {
  const points = Array.from({ length: 128 }, (_, index) => {
    const along = ((index % 32) / 32) * side;
    const corners = [
      [x0, y0 + along],
      [x0 + along, y0 + side],
      [x0 + side, y0 + side - along],
      [x0 + side - along, y0],
    ];
    return corners[index >> 5] ?? [];
  });
  return Float32Array.from(points.flat());
}

describe('PointRendering', () => {
  it('is as fine as the output needs, and right at the edge', async () => {
    const { graphs, asked } = discHead(60, 50, 30);
    const batch = { contours: square(30, 20, 60), vertices: 128, person: [true], width: 128, height: 96 };
    const rendering = new PointRendering(graphs);
    for (const [scale, side] of [
      [0.3, 28],
      [1, 112],
      [2.5, 224],
      [10, 448],
    ] as const) {
      asked.length = 0;
      const [grid] = await rendering.grids({ ...batch, scale });
      expect(grid?.side).toBe(side);
      expect(grid?.box.x0).toBeCloseTo(21, 5);
      expect(grid?.box.y1).toBeCloseTo(89, 5);
      expect(asked[0]).toBe(784);
      expect(Math.max(...asked)).toBe(784);
      const area = (grid?.logits ?? new Float32Array()).reduce((sum, logit) => sum + (logit > 0 ? 1 : 0), 0);
      expect((area * (78 / side) ** 2) / (Math.PI * 30 ** 2)).toBeCloseTo(1, side > 28 ? 2 : 1);
      rendering.giveBack(grid ? [grid] : []);
    }
  });

  it('takes contours of several sizes together and asks nothing beyond the picture', async () => {
    const { graphs, asked } = discHead(0, 0, 20);
    const contours = Float32Array.from([...square(-20, -20, 40), ...square(5, 5, 4)]);
    const grids = await new PointRendering(graphs).grids({
      contours,
      vertices: 128,
      person: [true, false],
      scale: 2,
      width: 64,
      height: 64,
    });
    expect(grids.map(({ side }) => side)).toEqual([112, 28]);
    expect(asked[0]).toBe(2 * 784);
    // A quarter of the first lies inside, and some of that is certain.
    expect(asked[1]).toBeLessThanOrEqual(784);
  });

  it('tells the head of each point what it was trained on', async () => {
    const { graphs, shapes } = discHead(0, 0, 1);
    const contours = Float32Array.from(fixture.contours);
    const [first] = [contours.subarray(0, 256)];
    await new PointRendering(graphs).grids({
      contours: first,
      vertices: 128,
      person: [true],
      scale: 0.01,
      width: 512,
      height: 512,
    });
    expect(shapes).toHaveLength(784);
    for (const [, , across = 0, down = 0, kind] of shapes) {
      expect(Math.abs(across)).toBeLessThan(1.3);
      expect(Math.abs(down)).toBeLessThan(1.3);
      expect(kind).toBe(1);
    }
    // The middle of the contour is inside, the grid's corner is not.
    expect(shapes[14 * 28 + 14]?.[0]).toBeGreaterThan(0);
    expect(shapes[0]?.[0]).toBeLessThan(0);
    expect(shapes.every(([near = 0, far = 0]) => Math.abs(near) <= 1 && Math.abs(far) <= 1)).toBe(true);
  });
});
