import type { RgbImage } from '../read-image';

/** One input frame of a shot, and the frame that should come of it; null where none should yet. */
export interface Step {
  readonly input: RgbImage;
  /** Interpolating: the frame between the input before and this one. Deblurring: this one, sharp. */
  readonly truth: RgbImage | null;
}

/** A shot to be measured on: frames of one size, with the truth beside them. */
export interface Sequence {
  readonly name: string;
  /** From the beginning, a few frames in memory at a time; can be asked for again. */
  steps(signal: AbortSignal): AsyncIterable<Step>;
}
