import { describe, expect, it } from 'vitest';
import type { Matte } from '../instances';
import { matteMiddle, matteOverlap, matteShare } from './matte-overlap';

const block = (x: number, y: number, width: number, height: number): Matte => ({
  x,
  y,
  width,
  height,
  data: new Uint8Array(width * height).fill(255),
});

describe('matteOverlap', () => {
  it('is what both cover of what either covers', () => {
    expect(matteOverlap(block(3, 4, 20, 10), block(3, 4, 20, 10), 0, 0)).toBe(1);
    expect(matteOverlap(block(0, 0, 20, 10), block(10, 0, 20, 10), 0, 0)).toBeCloseTo(1 / 3, 12);
    expect(matteOverlap(block(0, 0, 20, 10), block(10, 0, 20, 10), 10, 0)).toBe(1);
    expect(matteOverlap(block(0, 0, 20, 10), block(40, 0, 20, 10), 0, 0)).toBe(0);
    expect(matteOverlap(block(0, 0, 400, 300), block(200, 0, 400, 300), 0, 0)).toBeCloseTo(1 / 3, 1);
  });

  it('counts what is covered by half at least', () => {
    const faint = { ...block(0, 0, 10, 10), data: new Uint8Array(100).fill(127) };
    expect(matteOverlap(faint, block(0, 0, 10, 10), 0, 0)).toBe(0);
    expect(matteOverlap(faint, faint, 0, 0)).toBe(0);
  });
});

describe('matteShare', () => {
  it('is how much of one lies in the other', () => {
    expect(matteShare(block(2, 2, 4, 4), block(0, 0, 20, 20))).toBe(1);
    expect(matteShare(block(0, 0, 20, 20), block(0, 0, 10, 20))).toBe(0.5);
    expect(matteShare(block(0, 0, 4, 4), block(9, 0, 4, 4))).toBe(0);
  });
});

describe('matteMiddle', () => {
  it('is the middle of coverage, or of the matte where nothing is covered', () => {
    expect(matteMiddle(block(10, 20, 30, 8))).toEqual([25, 24]);
    const empty = { ...block(2, 2, 4, 6), data: new Uint8Array(24) };
    expect(matteMiddle(empty)).toEqual([4, 5]);
    const skewed = { ...block(0, 0, 4, 1), data: Uint8Array.of(0, 0, 100, 100) };
    expect(matteMiddle(skewed)).toEqual([3, 0.5]);
  });
});
