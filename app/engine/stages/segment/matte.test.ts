import { describe, expect, it } from 'vitest';
import type { Matte } from './instances';
import type { LogitGrid } from './logit-grid';
import { MatteRendering, trimmed, type GuidePicture } from './matte';

const frame = { width: 100, height: 50, across: 2, down: 2 };
/** A picture with nothing in it that edges could go along. */
const flat: GuidePicture = {
  picture: { width: 100, height: 50, data: new Float32Array(3 * 100 * 50).fill(0.5) },
  data: new Float32Array(3 * 64 * 32).fill(0.5),
  fitting: { width: 64, height: 32, pictureWidth: 50, pictureHeight: 25 },
};

async function render(rendering: MatteRendering, grid: LogitGrid): Promise<Matte | null> {
  return (await rendering.render([grid], frame, flat))[0] ?? null;
}

describe('mattes', () => {
  it('cover what a grid is sure of, in the frame’s pixels', async () => {
    const logits = new Float32Array(16).fill(20);
    const grid = { box: { x0: 10, y0: 5, x1: 14, y1: 9 }, side: 4, logits };
    const matte = await render(new MatteRendering(), grid);
    expect(matte).toMatchObject({ x: 20, y: 10, width: 8, height: 8 });
    expect(matte?.data.every((value) => value === 255)).toBe(true);
  });

  it('end at the frame’s border, and are cut down to what they cover', async () => {
    const logits = Float32Array.from({ length: 64 }, (_, cell) => (cell % 8 >= 6 || cell < 16 ? -20 : 20));
    const grid = { box: { x0: -4, y0: -2, x1: 4, y1: 6 }, side: 8, logits };
    const matte = await render(new MatteRendering(), grid);
    // Columns up to x = 2 and rows from y = 0 of the network's pixels, and half a cell of transition.
    expect(matte).toMatchObject({ x: 0, y: 0 });
    expect(matte?.width).toBeLessThanOrEqual(5);
    expect(matte?.height).toBe(12);
  });

  it('are none where nothing is more in than out, or where the grid lies outside', async () => {
    const rendering = new MatteRendering();
    const grid = { box: { x0: 1, y0: 1, x1: 9, y1: 9 }, side: 2, logits: new Float32Array(4).fill(-0.1) };
    expect(await render(rendering, grid)).toBeNull();
    const outside = { ...grid, box: { x0: 60, y0: 1, x1: 70, y1: 9 }, logits: new Float32Array(4).fill(9) };
    expect(await render(rendering, outside)).toBeNull();
  });

  it('are the same whether they are made at once or one after the other', async () => {
    const grids = [1, 2, 3, 4].map((size) => ({
      box: { x0: 2 * size, y0: size, x1: 10 * size, y1: 5 * size },
      side: 4,
      logits: Float32Array.from({ length: 16 }, (_, cell) => 6 * Math.sin(size * (cell + 1))),
    }));
    const rendering = new MatteRendering();
    const together = await rendering.render(grids, frame, flat);
    for (const [index, grid] of grids.entries()) {
      expect(together[index]).not.toBeNull();
      expect(await render(rendering, grid)).toEqual(together[index]);
    }
  });

  it('have their edges where the picture has them', async () => {
    const across = (width: number, edge: number): ((at: number) => number) => {
      return (at) => (at % width < edge ? 0.2 : 0.8);
    };
    const guide: GuidePicture = {
      ...flat,
      picture: {
        ...flat.picture,
        data: Float32Array.from({ length: 15_000 }, (_, at) => across(100, 60)(at)),
      },
      data: Float32Array.from({ length: 6144 }, (_, at) => across(64, 30)(at)),
    };
    // Inside up to x = 29.5 of the network's pixels: 59 of the frame's.
    const logits = Float32Array.from({ length: 64 ** 2 }, (_, cell) => (cell % 64 < 59 ? 9 : -9));
    const grid = { box: { x0: 0, y0: -3, x1: 32, y1: 29 }, side: 64, logits };
    const middle = async (picture: GuidePicture): Promise<number> => {
      const [matte] = await new MatteRendering().render([grid], frame, picture);
      return [...(matte?.data.subarray(20 * matte.width, 21 * matte.width) ?? [])].filter(
        (code) => code > 127,
      ).length;
    };
    expect(await middle(flat)).toBe(59);
    expect(await middle(guide)).toBe(60);
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
