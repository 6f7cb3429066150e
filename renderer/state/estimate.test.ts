import { describe, expect, it } from 'vitest';
import type { SourceFacts, StageRequest } from '../../app/shared';
import { result } from '../../tests/support/fake-host';
import { BoundedCache } from './bounded-cache';
import { frameFactor, framesIn, knownEstimate, speedOf, triedEstimate, triedSize, workKey } from './estimate';
import { Viewport } from './viewport.svelte';

const source: SourceFacts = {
  kind: 'video',
  width: 1000,
  height: 1000,
  seconds: 10,
  frames: 250,
  sizeBytes: 1,
};
const twice: readonly StageRequest[] = [{ kind: 'enhance', scale: 2 }];

describe('an estimate', () => {
  it('is what jobs of the same kind took here, by pixels', () => {
    const request = { stages: twice, codec: 'h264' } as never;
    const speed = speedOf({ source, request, result: { ...result('x'), seconds: 50, framesThisRun: 100 } });
    expect(speed).toBeCloseTo(0.5);
    // What took a moment tells nothing.
    expect(speedOf({ source, request, result: { ...result('x'), seconds: 1 } })).toBe(null);
    const speeds = { [workKey(twice, 'h264')]: 0.5 };
    expect(knownEstimate(speeds, source, twice, 'h264', 250)).toEqual({ low: 125, high: 125 });
    expect(knownEstimate(speeds, source, twice, 'hevc', 250)).toBe(null);
  });

  it('counts frames that go in, of a part too, and those that come out', () => {
    expect([framesIn(source), framesIn(source, 2, 4), framesIn(source, 9, 99)]).toEqual([250, 50, 25]);
    expect(framesIn({ ...source, frames: null })).toBe(null);
    expect(
      frameFactor([{ kind: 'interpolate', factor: 2 }, ...twice, { kind: 'interpolate', slow: 4 }]),
    ).toBe(8);
  });

  it('lies between the slowest part and all parts together', () => {
    const trial = {
      ...result('x'),
      frames: 8,
      sizeBytes: 8000,
      timings: { decode: 1, stages: { enhance: 5 }, encode: 2 },
    };
    expect(triedEstimate(trial, twice, 80)).toEqual({ low: 50, high: 80 });
    expect(triedSize(trial, 'h264', 18, 100)).toBe(100_000);
    expect(triedSize(trial, 'h264', 24, 100)).toBe(50_000);
  });
});

describe('a picture in its frame', () => {
  it('is enlarged around the pointer and never leaves the frame', () => {
    const viewport = new Viewport();
    viewport.width = 800;
    viewport.height = 600;
    viewport.fitting = 0.5;
    viewport.zoom(2, 100, 0);
    expect([viewport.scale, viewport.x, viewport.percent]).toEqual([2, -100, 100]);
    viewport.pan(1e6, 0);
    expect(viewport.x).toBe(400);
    viewport.toggleActual();
    expect(viewport.fitted).toBe(true);
    viewport.toggleActual();
    expect(viewport.percent).toBe(100);
    viewport.zoom(1e-9);
    expect([viewport.scale, viewport.x]).toEqual([1, 0]);
  });
});

describe('a bounded cache', () => {
  it('drops what was used longest ago', () => {
    const dropped: string[] = [];
    const cache = new BoundedCache<string>(3, (value) => dropped.push(value));
    for (const name of ['a', 'b', 'c']) cache.set(name, name, 1);
    cache.get('a');
    cache.set('d', 'd', 1);
    expect([dropped, cache.size]).toEqual([['b'], 3]);
    cache.set('e', 'e', 9);
    expect([cache.has('e'), cache.size]).toEqual([true, 9]);
  });
});
