import type { RgbImage } from '../read-image';

/** One input frame of a shot, and the frames that should come of it, in order; none where none should yet. */
export interface Step {
  readonly input: RgbImage;
  /** Interpolating: the frames between the input before and this one, evenly apart. Deblurring: this one, sharp. */
  readonly truths: readonly RgbImage[];
}

/** A shot to be measured on: frames of one size, with the truth beside them. */
export interface Sequence {
  readonly name: string;
  /** From the beginning, a few frames in memory at a time; can be asked for again. */
  steps(signal: AbortSignal): AsyncIterable<Step>;
}
