import { describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import { random } from '../adder2d/cases';

interface Shape {
  readonly planes: number;
  readonly width: number;
  readonly height: number;
  readonly targetWidth: number;
  readonly targetHeight: number;
  readonly stride: number;
  readonly rows: number;
}

async function resized(kernels: Kernels, shape: Shape, source?: Float32Array): Promise<Float32Array> {
  const next = random(7);
  const given =
    source ?? Float32Array.from({ length: shape.planes * shape.width * shape.height }, () => next() - 0.2);
  const target = new Float32Array(shape.planes * shape.rows * shape.stride).fill(9);
  await kernels.resizeBilinear({ ...shape, source: given, target });
  return target;
}

describe('resizeBilinear', () => {
  it.each<Shape>([
    { planes: 3, width: 31, height: 17, targetWidth: 12, targetHeight: 7, stride: 16, rows: 9 },
    { planes: 1, width: 5, height: 4, targetWidth: 23, targetHeight: 40, stride: 23, rows: 40 },
    { planes: 2, width: 1, height: 1, targetWidth: 3, targetHeight: 2, stride: 4, rows: 2 },
    { planes: 3, width: 160, height: 90, targetWidth: 64, targetHeight: 36, stride: 64, rows: 64 },
  ])('gives the reference’s bits, and leaves what lies beyond: %o', async (shape) => {
    const wanted = await resized(loadKernels({ implementation: 'reference' }), shape);
    const beyond = shape.planes * (shape.stride * shape.rows - shape.targetWidth * shape.targetHeight);
    expect(wanted.filter((value) => value === 9)).toHaveLength(beyond);
    for (const level of compiledKernels())
      expect(await resized(loadKernels({ implementation: level }), shape)).toEqual(wanted);
  });

  it('gives what PIL’s BILINEAR gives', async () => {
    const shrunk = { planes: 1, width: 5, height: 1, targetWidth: 2, targetHeight: 1, stride: 2, rows: 1 };
    // Centres at 1.25 and 3.75, triangles of radius 2.5.
    const weights = [0.7, 0.9, 0.5, 0.1].map((weight) => weight / 2.2);
    const [a = 0, b = 0, c = 0, d = 0] = weights;
    const source = Float32Array.of(1, 10, 100, 1000, 10000);
    const result = await resized(loadKernels(), shrunk, source);
    expect(result[0]).toBeCloseTo(a + 10 * b + 100 * c + 1000 * d, 3);
    expect(result[1]).toBeCloseTo(10000 * a + 1000 * b + 100 * c + 10 * d, 1);
  });

  it('keeps a picture that keeps its size', async () => {
    const same = { planes: 1, width: 3, height: 2, targetWidth: 3, targetHeight: 2, stride: 3, rows: 2 };
    const source = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(await resized(loadKernels(), same, source)).toEqual(source);
  });

  it('says what is wrong with its arguments', async () => {
    const shape = { planes: 1, width: 2, height: 2, targetWidth: 2, targetHeight: 2, stride: 2, rows: 2 };
    await expect(resized(loadKernels(), { ...shape, stride: 1 })).rejects.toThrow(
      'for stride but received 1',
    );
    await expect(resized(loadKernels(), shape, new Float32Array(3))).rejects.toThrow('for source');
  });
});
