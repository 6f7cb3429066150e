import { describe, expect, it } from 'vitest';
import { random } from '../../../../../tests/support/random';
import { glimpseOf, type Glimpse } from './glimpse';
import { RestingPicture } from './resting-picture';

const WIDTH = 64;
const HEIGHT = 48;
/** Of standard deviation 3 in 255, for the sum of two even ones. */
const SENSOR = (3 / 255) * Math.sqrt(6);

/** Grey, with stripes in the right half that are moved by some pixels, and noise. */
function picture(moved: number, noise: number, seed: number, contrast = 0.1): Glimpse {
  const next = random(seed);
  const data = Float32Array.from({ length: 3 * WIDTH * HEIGHT }, (_, at) => {
    const x = at % WIDTH;
    return 0.4 + (x > 31 ? contrast * Math.sin((x - moved) / 2) : 0) + noise * (next() + next() - 1);
  });
  const fitting = { width: WIDTH, height: HEIGHT, pictureWidth: WIDTH, pictureHeight: HEIGHT };
  return glimpseOf(data, fitting);
}

/** Mean of a map, 0 to 1, in some columns. */
function meanOf(still: Uint8Array | null, from: number, to: number): number {
  const part = (still ?? new Uint8Array(0)).filter((_, at) => {
    const column = at % (WIDTH / 2);
    return column >= from && column < to;
  });
  return part.reduce((sum, value) => sum + value, 0) / part.length / 255;
}

describe('a resting picture', () => {
  it('has nothing to compare the first frame of a shot or a size with', () => {
    const resting = new RestingPicture();
    expect(resting.compare(picture(0, 0, 1))).toBeNull();
    expect(resting.compare(picture(0, 0, 1))?.every((value) => value === 255)).toBe(true);
    resting.forget();
    expect(resting.compare(picture(0, 0, 1))).toBeNull();
    expect(resting.compare({ width: 3, height: 2, luma: new Uint8Array(6) })).toBeNull();
  });

  it('is still under a sensor’s noise, and not where something moves', () => {
    const resting = new RestingPicture();
    for (let frame = 0; frame < 6; frame++) {
      const still = resting.compare(picture(frame, SENSOR, frame + 1));
      if (frame === 0) continue;
      expect(meanOf(still, 0, 12)).toBeGreaterThan(0.97);
      expect(meanOf(still, 18, 32)).toBeLessThan(0.05);
    }
  });

  it('sees in the end what changes less from frame to frame than noise does', () => {
    const resting = new RestingPicture();
    // A pixel of movement in ten frames.
    const stills = Array.from({ length: 30 }, (_, frame) =>
      meanOf(resting.compare(picture(frame / 10, SENSOR / 6, frame + 1, 0.05)), 18, 32),
    );
    expect(stills[1]).toBeGreaterThan(0.98);
    expect(Math.min(...stills.slice(1))).toBeLessThan(0.5);
  });

  it('goes on from what was saved, which later frames do not change', () => {
    const resting = new RestingPicture();
    for (let frame = 0; frame < 5; frame++) resting.compare(picture(0, SENSOR, frame + 1));
    const saved = resting.save();
    const restored = new RestingPicture();
    const next = picture(1, SENSOR, 9);
    const wanted = resting.compare(next);
    restored.restore(saved);
    expect(restored.compare(next)).toEqual(wanted);
  });
});
