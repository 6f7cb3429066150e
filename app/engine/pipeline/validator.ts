import { UserError } from '../../shared';
import { codeRange, ticksToSeconds, type Frame } from '../frames';

/** Mean and standard deviation of a frame's luma, as parts of its code range. */
export interface LumaStatistics {
  readonly mean: number;
  readonly deviation: number;
}

/** About this many samples are looked at, whatever the size. */
const SAMPLES = 4096;
/** Inputs below this deviation are flat themselves (a fade, a title card's background) and prove nothing. */
const FLAT_INPUT = 0.02;
/** An output with less than this part of its input's deviation has lost its picture. */
const LOST_CONTRAST = 0.25;
/** Networks move the mean of a frame by far less than this. */
const MEAN_SHIFT = 0.2;
/** Inputs remembered: as many as can be on their way through the stages. */
const MEMORY = 64;

/** Luma statistics over a regular grid of samples. */
export function lumaStatistics(frame: Frame): LumaStatistics {
  const plane = frame.planes[0];
  if (!plane) throw new Error('A frame without planes.');
  const { black, white } = codeRange(frame.stream.format.bitDepth, frame.stream.colour.range);
  const { data, width, height } = plane;
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / SAMPLES)));
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let y = step >> 1; y < height; y += step) {
    for (let x = step >> 1; x < width; x += step) {
      const value = ((data[y * width + x] ?? 0) - black) / (white - black);
      sum += value;
      squares += value * value;
      count++;
    }
  }
  const mean = count > 0 ? sum / count : 0;
  return { mean, deviation: count > 0 ? Math.sqrt(Math.max(0, squares / count - mean * mean)) : 0 };
}

/**
 * Looks at what is about to be written: right size, and not suddenly black or flat where the input
 * is not. (Values that aren't finite never get here: stages refuse to turn them into codes.)
 */
export class Validator {
  readonly #inputs: { readonly pts: number; readonly statistics: LumaStatistics }[] = [];

  /** Remembers an input frame of the job. */
  saw(frame: Frame): void {
    this.#inputs.push({ pts: frame.sourcePts, statistics: lumaStatistics(frame) });
    if (this.#inputs.length > MEMORY) this.#inputs.shift();
  }

  /**
   * @param content whether it shows what the input shows; else its size alone is looked at
   * @throws UserError `bad-result` for a frame that must not be written
   */
  check(
    frame: Frame,
    {
      width,
      height,
      content,
    }: { readonly width: number; readonly height: number; readonly content: boolean },
  ): void {
    const at = `the frame at ${ticksToSeconds(frame.pts, frame.stream.timeBase).toFixed(2)} s`;
    if (frame.stream.width !== width || frame.stream.height !== height) {
      throw new UserError(
        'bad-result',
        `The network gave ${at} the size ${frame.stream.width}×${frame.stream.height} in place of ${width}×${height}; nothing wrong was written. Please report this.`,
      );
    }
    const input = content ? this.#nearest(frame.sourcePts) : undefined;
    if (!input || input.deviation < FLAT_INPUT) return;
    const output = lumaStatistics(frame);
    if (
      output.deviation < input.deviation * LOST_CONTRAST ||
      Math.abs(output.mean - input.mean) > MEAN_SHIFT
    ) {
      throw new UserError(
        'bad-result',
        `The network turned ${at} blank; the job was stopped before it was written. Try --backend cpu, and please report this.`,
      );
    }
  }

  #nearest(pts: number): LumaStatistics | undefined {
    let best: { readonly distance: number; readonly statistics: LumaStatistics } | undefined;
    for (const input of this.#inputs) {
      const distance = Math.abs(input.pts - pts);
      if (!best || distance < best.distance) best = { distance, statistics: input.statistics };
    }
    return best?.statistics;
  }
}
