import { describe, expect, it } from 'vitest';
import { readRestart, Restarts } from './restarts';

describe('places where a run may begin again', () => {
  it('come every sixteen frames, and a frame is told the last one', () => {
    const restarts = new Restarts();
    const told = Array.from({ length: 40 }, (_, pts) =>
      restarts.note({ pts, restartPts: pts }, pts % 3, () => ({ at: pts })),
    );
    expect(new Set(told)).toEqual(new Set([0, 16, 32]));
    expect(told[15]).toBe(0);
    expect(told[16]).toBe(16);
    expect(readRestart(restarts.stateFor(16)!)).toEqual({ pts: 16, pending: 1, saved: { at: 16 } });
    // Asked for in order: earlier ones are forgotten.
    expect(restarts.stateFor(0)).toBeNull();
    expect(readRestart(restarts.stateFor(32)!)).toMatchObject({ saved: { at: 32 } });
  });

  it('are the first frames that a frame of the input gives', () => {
    const restarts = new Restarts();
    const told = Array.from({ length: 60 }, (_, pts) =>
      restarts.note({ pts, restartPts: 25 * Math.floor(pts / 25) }, 0, () => pts),
    );
    expect(told[24]).toBe(0);
    expect(told[25]).toBe(25);
    expect(readRestart(restarts.stateFor(25)!)).toMatchObject({ pts: 25, saved: 25 });
  });
});
