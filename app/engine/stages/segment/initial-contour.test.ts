import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { boundsOf, octagon, writeDiamond, writeResampled } from './initial-contour';

const numbers = z.array(z.number());
const fixture = z
  .object({ boxes: numbers, diamonds: numbers, extremes: numbers, octagons: numbers, first: numbers })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../../tests/fixtures/snake-geometry.json', import.meta.url), 'utf8'),
    ),
  );

/** The values of each of three objects. */
function apart(values: readonly number[]): number[][] {
  const each = values.length / 3;
  return [0, 1, 2].map((index) => values.slice(index * each, (index + 1) * each));
}

function expectClose(actual: ArrayLike<number>, wanted: readonly number[]): void {
  expect(actual.length).toBe(wanted.length);
  for (const [index, value] of wanted.entries()) expect(actual[index]).toBeCloseTo(value, 3);
}

describe('contours to begin with', () => {
  it('are those that the networks were trained on', () => {
    const wanted = {
      diamonds: apart(fixture.diamonds),
      octagons: apart(fixture.octagons),
      first: apart(fixture.first),
    };
    for (const [index, [x0 = 0, y0 = 0, x1 = 0, y1 = 0]] of apart(fixture.boxes).entries()) {
      const diamond = new Float32Array(80);
      writeDiamond({ x0, y0, x1, y1 }, diamond);
      expectClose(diamond, wanted.diamonds[index] ?? []);
    }
    for (const [index, extremes] of apart(fixture.extremes).entries()) {
      const vertices = octagon(extremes);
      expectClose(vertices, wanted.octagons[index] ?? []);
      const contour = new Float32Array(256);
      writeResampled(vertices, contour);
      expectClose(contour, wanted.first[index] ?? []);
    }
  });

  it('lie evenly, also where vertices coincide or all of them do', () => {
    const square = [0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 0];
    const points = new Float32Array(16);
    writeResampled(square, points);
    expect([...points]).toEqual([0, 0, 0, 2, 0, 4, 2, 4, 4, 4, 4, 2, 4, 0, 2, 0]);
    writeResampled([3, 5, 3, 5, 3, 5], points);
    expect([...points]).toEqual(Array.from({ length: 8 }, () => [3, 5]).flat());
  });

  it('have a box', () => {
    expect(boundsOf([3, 9, -1, 4, 7, 5])).toEqual({ x0: -1, y0: 4, x1: 7, y1: 9 });
  });
});
