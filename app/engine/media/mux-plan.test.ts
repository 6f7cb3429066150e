import { describe, expect, it } from 'vitest';
import type { ProbedFile } from './ffprobe-output';
import { originOf, type OriginPlan } from './mux-plan';

describe('where a result begins', () => {
  const file = { format: { start_time: '1.4' } } as unknown as ProbedFile;
  /** The first frame that was written stands at `firstPts` of a clock of 30,000 ticks a second. */
  const origin = (firstPts: number, more: object): number =>
    originOf(
      {
        info: { video: { startPts: 0, timeBase: { num: 1, den: 30_000 } } },
        stream: { timeBase: { num: 1, den: 30_000 } },
        segments: [{ firstPts }],
        ...more,
      } as unknown as OriginPlan,
      file,
    );

  it('is where the user let it begin, or a frame that rounding has put just before that', () => {
    expect(origin(9009, { start: 0.3 })).toBe(0.3);
    // The frame at 8008 is 0.5 ms too early, and in.
    expect(origin(8008, { start: 0.26743 })).toBeCloseTo(8008 / 30_000, 9);
    expect(origin(4 * 8008, { start: 0.26743, slow: { factor: 4 } })).toBeCloseTo(8008 / 30_000, 9);
  });

  it('is the file’s own beginning where nothing was said', () => {
    expect(origin(60_000, {})).toBe(1.4);
    expect(origin(-300, {})).toBe(-0.01);
  });
});
