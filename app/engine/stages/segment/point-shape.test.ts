import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { processKernels } from '../../runtime';
import { contourBox, SHAPE_VALUES, writeShapes } from './point-shape';

const numbers = z.array(z.number());
const fixture = z
  .object({ contours: numbers, points: numbers, person: numbers, shape: numbers })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../../tests/fixtures/snake-geometry.json', import.meta.url), 'utf8'),
    ),
  );

describe('what the point head is told', () => {
  it('is what it was trained on', async () => {
    const count = fixture.person.length;
    const polygons = Float32Array.from(fixture.contours);
    const points = Float32Array.from(fixture.points);
    const each = points.length / 2 / count;
    const starts = Int32Array.from({ length: count + 1 }, (_, index) => index * each);
    const distances = new Float32Array(count * each);
    await processKernels().signedDistance({ polygons, vertices: 128, starts, points, distances });
    const shape = new Float32Array(SHAPE_VALUES * count * each);
    for (const [index, person] of fixture.person.entries()) {
      const box = contourBox(polygons.subarray(256 * index, 256 * (index + 1)));
      const [from, to] = [index * each, (index + 1) * each];
      writeShapes(box, person === 1, { points, distances, from, to, shape });
    }
    expect(shape.length).toBe(fixture.shape.length);
    for (const [at, value] of fixture.shape.entries()) expect(shape[at]).toBeCloseTo(value, 3);
  });

  it('has a box of at least a pixel', () => {
    expect(contourBox(Float32Array.of(3, 4, 3.5, 4))).toMatchObject({ x0: 3, width: 1, height: 1 });
  });
});
