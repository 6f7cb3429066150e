import { describe, expect, it } from 'vitest';
import { glimpseOf } from './glimpse';

const fitting = { width: 64, height: 32, pictureWidth: 60, pictureHeight: 32 };

describe('a glimpse', () => {
  it('is half as large, without what lies beyond the picture', () => {
    const data = new Float32Array(3 * 64 * 32).fill(0.2);
    const { width, height, luma } = glimpseOf(data, fitting);
    expect([width, height, luma.length]).toEqual([30, 16, 480]);
    expect(luma.every((value) => value === 51)).toBe(true);
  });
});
