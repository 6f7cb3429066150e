import type { RgbImage } from '../read-image';
import type { Blur } from './clip-index';

/** A blurred frame, with what it was made of. */
export interface BlurredFrame {
  /** The mean of `window` frames, rounded to 8 bits (on the stored, gamma-encoded values). */
  readonly blurred: RgbImage;
  /** The frame in the middle of the window. */
  readonly sharp: RgbImage;
  /** The frames that cut the way from the sharp one before to this one into `factor` even parts; none at the first. */
  readonly between: readonly RgbImage[];
}

/** Windows that are being filled: the sum of their frames, and their sharp ones as far as they have come. */
interface OpenWindow {
  readonly sum: Uint32Array;
  sharp: RgbImage | null;
}

/**
 * Motion blur as the test clips define it (README of the data): for k = 0, 1, … while k·step + window ≤ frames,
 * `blurred[k] = round(mean(frame[k·step] … frame[k·step + window − 1]))`, `sharp[k] = frame[k·step + (window − 1)/2]`,
 * and between k − 1 and k lie `frame[(k − 1)·step + (window − 1)/2 + i·step/factor]`, 0 < i < factor. Memory holds the windows
 * that overlap. `factor` divides `step`.
 */
export async function* withMotionBlur(
  frames: AsyncIterable<RgbImage>,
  { window, step }: Blur,
  factor: number,
): AsyncGenerator<BlurredFrame> {
  const centre = (window - 1) / 2;
  const open = new Map<number, OpenWindow>();
  const between = new Map<number, RgbImage[]>();
  let index = 0;
  for await (const frame of frames) {
    if (index % step === 0) open.set(index / step, { sum: new Uint32Array(frame.data.length), sharp: null });
    const fromCentre = index - centre;
    if (fromCentre > 0 && fromCentre % step !== 0 && (fromCentre * factor) % step === 0) {
      const k = Math.ceil(fromCentre / step);
      between.set(k, [...(between.get(k) ?? []), frame]);
    }
    for (const [k, one] of open) {
      add(one.sum, frame.data);
      const at = index - k * step;
      if (at === centre) one.sharp = frame;
      if (at < window - 1 || !one.sharp) continue;
      yield {
        blurred: { ...frame, data: Uint8Array.from(one.sum, (sum) => Math.round(sum / window)) },
        sharp: one.sharp,
        between: between.get(k) ?? [],
      };
      open.delete(k);
      between.delete(k);
    }
    index++;
  }
}

function add(sum: Uint32Array, data: Uint8Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (data[index] ?? 0);
}
