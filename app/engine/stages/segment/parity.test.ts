import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chooseBackend, modelsOf, processKernels } from '../../runtime';
import { octagon, writeDiamond, writeResampled } from './initial-contour';
import { contourBox, SHAPE_VALUES, writeShapes } from './point-shape';
import { SnakeGraphs } from './snake-graphs';

const tensorSchema = z.object({ shape: z.array(z.int()), data: z.base64() });
const paritySchema = z.object({
  width: z.int(),
  height: z.int(),
  codes: z.base64(),
  heatmap: tensorSchema,
  box: tensorSchema,
  boxes: tensorSchema,
  diamonds: tensorSchema,
  centres: tensorSchema,
  points_out: tensorSchema,
  first: tensorSchema,
  contours: tensorSchema,
  points: tensorSchema,
  shape: tensorSchema,
  logits: tensorSchema,
});

function floats({ data }: z.infer<typeof tensorSchema>): Float32Array {
  const bytes = Buffer.from(data, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
}

function expectClose(actual: Float32Array, wanted: Float32Array, most: number, what: string): void {
  expect(actual.length, what).toBe(wanted.length);
  const furthest = wanted.reduce(
    (found, value, index) => Math.max(found, Math.abs(value - (actual[index] ?? NaN))),
    0,
  );
  expect(furthest, what).toBeLessThan(most);
}

describe('the shipped networks for objects', () => {
  it('give what their training framework computed, step by step', async () => {
    const models = await modelsOf('segment');
    expect(models).not.toEqual([]);
    for (const model of models) {
      const { name } = model.manifest;
      const parity = paritySchema.parse(
        JSON.parse(await readFile(join(model.folder, 'parity.json'), 'utf8')),
      );
      const graphs = await SnakeGraphs.open(model, await chooseBackend('cpu'));
      try {
        const picture = Float32Array.from(Buffer.from(parity.codes, 'base64'), (code) => code / 255);
        const dims = [1, 3, parity.height, parity.width];
        const maps = await graphs.detect({ type: 'float32', dims, data: picture });
        expectClose(maps.heatmap, floats(parity.heatmap), 1e-4, `${name}, heatmap`);
        expectClose(maps.box, floats(parity.box), 1e-2, `${name}, box`);

        const boxes = floats(parity.boxes);
        const count = boxes.length / 4;
        const diamonds = new Float32Array(2 * graphs.diamondPoints * count);
        for (let index = 0; index < count; index++) {
          const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = boxes.subarray(4 * index, 4 * index + 4);
          const length = 2 * graphs.diamondPoints;
          writeDiamond({ x0, y0, x1, y1 }, diamonds.subarray(length * index, length * (index + 1)));
        }
        expectClose(diamonds, floats(parity.diamonds), 1e-3, `${name}, diamonds`);
        const moved = await graphs.extremes(diamonds, floats(parity.centres));
        expectClose(moved, floats(parity.points_out), 1e-2, `${name}, extreme points`);

        const length = 2 * graphs.contourPoints;
        const first = new Float32Array(length * count);
        for (let index = 0; index < count; index++) {
          const points = floats(parity.points_out).subarray(80 * index, 80 * (index + 1));
          const extremes = points.filter((_, value) => (value >> 1) % 10 === 0);
          writeResampled(octagon(extremes), first.subarray(length * index, length * (index + 1)));
        }
        expectClose(first, floats(parity.first), 1e-2, `${name}, first contours`);
        const contours = floats(parity.contours);
        expectClose(await graphs.contours(floats(parity.first)), contours, 2e-2, `${name}, contours`);

        const points = floats(parity.points);
        const each = points.length / 2 / count;
        const distances = new Float32Array(each * count);
        const starts = Int32Array.from({ length: count + 1 }, (_, index) => index * each);
        await processKernels().signedDistance({
          polygons: contours,
          vertices: graphs.contourPoints,
          starts,
          points,
          distances,
        });
        const shape = new Float32Array(SHAPE_VALUES * each * count);
        for (let index = 0; index < count; index++) {
          const box = contourBox(contours.subarray(length * index, length * (index + 1)));
          const [from, to] = [index * each, (index + 1) * each];
          writeShapes(box, index === 0, { points, distances, from, to, shape });
        }
        expectClose(shape, floats(parity.shape), 1e-3, `${name}, shapes`);
        const logits = new Float32Array(each * count);
        await graphs.inside(points, floats(parity.shape), logits);
        expectClose(logits, floats(parity.logits), 1e-2, `${name}, logits`);
      } finally {
        await graphs.close();
      }
    }
  });
});
