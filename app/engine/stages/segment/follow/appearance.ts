import type { Matte } from '../instances';
import { HALF } from '../matte';
import type { Fitting } from '../network-picture';

/** How often each colour is in an object: shares of 4×4×4 ranges of red, green and blue. */
export type Appearance = Float32Array;

const LEVELS = 4;
/** Pixels of an object that are looked at, about. */
const SAMPLES = 1500;

/**
 * The colours of an object, out of the network's input, [3, height, width] of 0 to 1, of which a pixel is `across` × `down`
 * of the frame's.
 */
export function appearanceOf(
  matte: Matte,
  data: Float32Array,
  { width, height }: Fitting,
  across: number,
  down: number,
): Appearance {
  const counts = new Float32Array(LEVELS ** 3);
  const step = Math.max(1, Math.floor(Math.sqrt((matte.width * matte.height) / SAMPLES)));
  const level = (value: number): number => Math.min(Math.max(Math.floor(value * LEVELS), 0), LEVELS - 1);
  const area = width * height;
  let all = 0;
  for (let y = step >> 1; y < matte.height; y += step)
    for (let x = step >> 1; x < matte.width; x += step) {
      if ((matte.data[y * matte.width + x] ?? 0) < HALF) continue;
      const column = Math.min(Math.floor((matte.x + x + 0.5) / across), width - 1);
      const row = Math.min(Math.floor((matte.y + y + 0.5) / down), height - 1);
      const at = row * width + column;
      const [red, green, blue] = [data[at] ?? 0, data[area + at] ?? 0, data[2 * area + at] ?? 0];
      const bin = (level(red) * LEVELS + level(green)) * LEVELS + level(blue);
      counts[bin] = (counts[bin] ?? 0) + 1;
      all++;
    }
  return all === 0 ? counts : counts.map((count) => count / all);
}

/** How alike two objects look, 0 to 1: the Bhattacharyya coefficient of their colours. */
export function likeness(a: Appearance, b: Appearance): number {
  return a.reduce((sum, share, bin) => sum + Math.sqrt(share * (b[bin] ?? 0)), 0);
}

/** What is remembered of an object's look once it was seen again. */
export function blended(before: Appearance, now: Appearance, share: number): Appearance {
  return before.map((value, bin) => value + share * ((now[bin] ?? 0) - value));
}
