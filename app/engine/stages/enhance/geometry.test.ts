import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chromaPhase } from './chroma-siting';
import { planTiles } from '../tiles';

describe('tiles', () => {
  const planes = fc.record({
    width: fc.integer({ min: 1, max: 500 }),
    height: fc.integer({ min: 1, max: 500 }),
    halo: fc.integer({ min: 1, max: 20 }),
    budget: fc.integer({ min: 1, max: 100_000 }),
  });

  it('keep every sample once, read the halo around it, and have one size within the budget', () => {
    fc.assert(
      fc.property(planes, ({ width, height, halo, budget }) => {
        const tiles = planTiles(width, height, halo, budget);
        let kept = 0;
        for (const { read, keep } of tiles) {
          kept += keep.width * keep.height;
          expect([read.width, read.height]).toEqual([tiles[0]!.read.width, tiles[0]!.read.height]);
          expect(read.width * read.height).toBeLessThanOrEqual(Math.max(budget, (4 * halo + 1) ** 2));
          expect(read.x).toBeLessThanOrEqual(Math.max(0, keep.x - halo));
          expect(read.y).toBeLessThanOrEqual(Math.max(0, keep.y - halo));
          expect(read.x + read.width).toBeGreaterThanOrEqual(Math.min(width, keep.x + keep.width + halo));
          expect(read.y + read.height).toBeGreaterThanOrEqual(Math.min(height, keep.y + keep.height + halo));
          expect(Math.min(read.x, read.y, keep.width - 1, keep.height - 1)).toBeGreaterThanOrEqual(0);
          expect(read.x + read.width).toBeLessThanOrEqual(width);
          expect(read.y + read.height).toBeLessThanOrEqual(height);
        }
        // None overlap if their areas add up and each starts where the grid says.
        expect(kept).toBe(width * height);
        expect(new Set(tiles.map(({ keep }) => `${keep.x} ${keep.y}`)).size).toBe(tiles.length);
      }),
    );
  });

  it('are one where the plane fits the budget', () => {
    expect(planTiles(640, 360, 19, 640 * 360)).toHaveLength(1);
    expect(planTiles(640, 360, 19, 640 * 360 - 1).length).toBeGreaterThan(1);
  });
});

describe('the phase of enlarged chroma', () => {
  /** Where output sample j comes from, computed by way of luma positions. */
  const viaLuma = (j: number, scale: number, site: number): number =>
    ((2 * j + site + 0.5) / scale - 0.5 - site) / 2;

  it.each([
    ['left', 0, 0.5],
    ['center', 0.5, 0.5],
    ['topleft', 0, 0],
    ['bottomleft', 0, 1],
    ['unknown', 0, 0.5],
  ])('keeps %s-sited samples at their luma', (location, across, down) => {
    for (const scale of [2, 3, 4]) {
      const phase = chromaPhase(location, { x: scale, y: scale }, 1, 1);
      for (const j of [0, 1, 7]) {
        expect((j + 0.5) / scale - 0.5 + phase.x).toBeCloseTo(viaLuma(j, scale, across), 12);
        expect((j + 0.5) / scale - 0.5 + phase.y).toBeCloseTo(viaLuma(j, scale, down), 12);
      }
    }
  });

  it('is an eighth of a sample for left siting and factor 2, and none without subsampling', () => {
    expect(chromaPhase('left', { x: 2, y: 2 }, 1, 1)).toEqual({ x: 0.125, y: 0 });
    expect(chromaPhase('left', { x: 2, y: 2 }, 0, 0)).toEqual({ x: 0, y: 0 });
  });
});
