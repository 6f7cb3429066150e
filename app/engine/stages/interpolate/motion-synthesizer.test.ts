import { describe, expect, it } from 'vitest';
import { MotionSynthesizer } from '.';

const [width, height] = [96, 64];

function picture(value: (x: number, y: number, channel: number) => number): Float32Array {
  return Float32Array.from({ length: 3 * width * height }, (_, at) =>
    value(at % width, Math.floor(at / width) % height, Math.floor(at / (width * height))),
  );
}

describe('new pictures from motion alone', () => {
  it('are made at all times between two pictures or at none, however alike the two are', async () => {
    const synthesizer = new MotionSynthesizer({ width, height });
    const waves = picture((x, y) => 0.3 + 0.15 * Math.sin(x / 4 + y / 7) + 0.1 * Math.sin(y / 3));
    const other = picture((x, y, channel) => ((x * x + y * 5) % 31 < 15 ? 0.9 : 0.2 * channel));
    const kinds = new Set<boolean>();
    for (let part = 0; part <= 1; part += 0.02) {
      const after = waves.map((value, at) => value + part * ((other[at] ?? 0) - value));
      const held: boolean[] = [];
      for (const [one, times] of [
        [waves, []],
        [after, [0.125, 0.25, 0.5, 0.75, 0.875]],
      ] as const)
        for await (const { time, picture: made } of synthesizer.push(one, times))
          if (time > 0) held.push(made === null);
      synthesizer.reset();
      expect(new Set(held).size, `with ${part.toFixed(2)} of another picture`).toBe(1);
      kinds.add(held[0] ?? false);
    }
    expect(kinds.size).toBe(2);
    await synthesizer.close();
  });
});
