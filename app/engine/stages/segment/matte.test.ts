import { describe, expect, it } from 'vitest';
import { MatteRendering, trimmed } from './matte';

const frame = { width: 100, height: 50, across: 2, down: 2 };

describe('mattes', () => {
  it('cover what a grid is sure of, in the frame’s pixels', async () => {
    const logits = new Float32Array(16).fill(20);
    const grid = { box: { x0: 10, y0: 5, x1: 14, y1: 9 }, side: 4, logits };
    const matte = await new MatteRendering().render(grid, frame);
    expect(matte).toMatchObject({ x: 20, y: 10, width: 8, height: 8 });
    expect(matte?.data.every((value) => value === 255)).toBe(true);
  });

  it('end at the frame’s border, and are cut down to what they cover', async () => {
    const logits = Float32Array.from({ length: 64 }, (_, cell) => (cell % 8 >= 6 || cell < 16 ? -20 : 20));
    const grid = { box: { x0: -4, y0: -2, x1: 4, y1: 6 }, side: 8, logits };
    const matte = await new MatteRendering().render(grid, frame);
    // Columns up to x = 2 and rows from y = 0 of the network's pixels, and half a cell of transition.
    expect(matte).toMatchObject({ x: 0, y: 0 });
    expect(matte?.width).toBeLessThanOrEqual(5);
    expect(matte?.height).toBe(12);
  });

  it('are none where nothing is more in than out, or where the grid lies outside', async () => {
    const rendering = new MatteRendering();
    const grid = { box: { x0: 1, y0: 1, x1: 9, y1: 9 }, side: 2, logits: new Float32Array(4).fill(-0.1) };
    expect(await rendering.render(grid, frame)).toBeNull();
    const outside = { ...grid, box: { x0: 60, y0: 1, x1: 70, y1: 9 }, logits: new Float32Array(4).fill(9) };
    expect(await rendering.render(outside, frame)).toBeNull();
  });

  it('are the same whether they are made at once or one after the other', async () => {
    const grids = [1, 2, 3, 4].map((size) => ({
      box: { x0: 2 * size, y0: size, x1: 10 * size, y1: 5 * size },
      side: 4,
      logits: Float32Array.from({ length: 16 }, (_, cell) => 6 * Math.sin(size * (cell + 1))),
    }));
    const rendering = new MatteRendering();
    const together = await Promise.all(grids.map((grid) => rendering.render(grid, frame)));
    for (const [index, grid] of grids.entries()) {
      expect(together[index]).not.toBeNull();
      expect(await rendering.render(grid, frame)).toEqual(together[index]);
    }
  });

  it('lose empty rows and columns', () => {
    const data = new Uint8Array(20);
    data[7] = 1;
    data[11] = 255;
    expect(trimmed({ x: 3, y: 4, width: 5, height: 4, data })).toEqual({
      x: 4,
      y: 5,
      width: 2,
      height: 2,
      data: Uint8Array.of(0, 1, 255, 0),
    });
  });
});
