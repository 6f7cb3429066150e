import type { RgbImage } from '../read-image';

/** Standard deviation of the noise, in levels of 255. */
const SIGMA = 3;

/**
 * A picture as a camera would take it again: Gaussian noise on every component, rounded and clipped to 8 bits. The same
 * `seed` gives the same noise.
 */
export function withSensorNoise({ width, height, data }: RgbImage, seed: number): RgbImage {
  const random = generator(seed);
  const noisy = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index++) {
    // Box and Muller's polar angle and radius; 1 − u is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const value = (data[index] ?? 0) + SIGMA * radius * Math.cos(2 * Math.PI * random());
    noisy[index] = Math.min(255, Math.max(0, Math.round(value)));
  }
  return { width, height, data: noisy };
}

/** Numbers from 0 to 1 (not included), evenly spread: Tommy Ettinger's mulberry32. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
