import { formatDuration, formatSize, UserError } from '../../shared';
import { ticksToSeconds, type StreamFormat } from '../frames';
import { soundRate, type Container } from '../media';
import { ALPHA_ROLE, VIDEO_ROLE, type Segment } from './segment-store';
import type { TargetContext } from './targets/target';

/** Of a file's size that goes to its container, and to encoders that miss their rate. */
const SPARE = 0.02;
/** Bits a second below which no picture can be made out. */
const LEAST_RATE = 10_000;
/** Roles of a segment's files that count. */
const PICTURES: ReadonlySet<string> = new Set([VIDEO_ROLE, ALPHA_ROLE]);
/** How far from the mean rate a segment may be, to make up for those before. */
const [LEAST_PART, MOST_PART] = [1 / 3, 3];

/** What a size is shared out by. */
export interface BudgetPlan {
  /** Of the whole file. */
  readonly bytes: number;
  /** Length of the result. */
  readonly seconds: number;
  /** Bits a second of all sound in it. */
  readonly soundRate: number;
  /** Length of a segment, as far as can be told before. */
  readonly segmentSeconds: number;
  readonly timeBase: StreamFormat['timeBase'];
}

/** Bit rates, segment by segment, by which a file comes out at a size. */
export class SizeBudget {
  readonly #plan: BudgetPlan;
  /** Bytes for pictures. */
  readonly #bytes: number;

  /** @throws UserError bad-usage where the sound alone takes it all */
  constructor(plan: BudgetPlan) {
    this.#plan = plan;
    const sound = (plan.soundRate * plan.seconds) / 8;
    this.#bytes = plan.bytes * (1 - SPARE) - sound;
    const least = ((LEAST_RATE * plan.seconds) / 8 + sound) / (1 - SPARE);
    if (plan.bytes < least)
      throw new UserError(
        'bad-usage',
        `${formatSize(plan.bytes)} is too little for ${formatDuration(plan.seconds)}: ask for ${formatSize(1.05 * least)} or more.`,
      );
  }

  /** The highest rate that any segment gets. */
  get highest(): number {
    return MOST_PART * this.#mean;
  }

  get #mean(): number {
    return (8 * this.#bytes) / this.#plan.seconds;
  }

  /**
   * Bits a second for a segment: what is left, over the time that is left. The one before it counts as what it was allowed,
   * for it may still be written: so a resumed run gives what an unbroken one would.
   *
   * @param closed all segments but the one before
   */
  rateOf(index: number, closed: readonly Pick<Segment, 'files' | 'firstPts' | 'endPts'>[]): number {
    const { seconds, segmentSeconds, timeBase } = this.#plan;
    let [bytes, time] = [this.#bytes, seconds];
    let rate = this.#held(bytes, time);
    for (let at = 1; at <= index; at++) {
      const known = closed[at - 2];
      if (known) {
        bytes -= known.files.reduce((sum, file) => sum + (PICTURES.has(file.role) ? file.bytes : 0), 0);
        time -= ticksToSeconds(known.endPts - known.firstPts, timeBase);
      }
      rate = this.#held(bytes - (rate * segmentSeconds) / 8, time - segmentSeconds);
    }
    return rate;
  }

  #held(bytes: number, seconds: number): number {
    const mean = this.#mean;
    const rate = seconds > 0 ? (8 * bytes) / seconds : mean;
    return Math.min(MOST_PART * mean, Math.max(LEAST_PART * mean, LEAST_RATE, rate));
  }
}

/** The budget of a job that asks for a size. @throws UserError bad-usage where the length isn't known, or the size is too small */
export async function sizeBudget(
  bytes: number,
  container: Container,
  { tools, info, request, stream, slow }: TargetContext,
  framesPerSegment: number,
): Promise<SizeBudget> {
  const { frameRate, timeBase } = stream;
  const length = info.video.durationSeconds ?? info.durationSeconds;
  if (length === null || frameRate === null)
    throw new UserError(
      'bad-usage',
      `${request.input} doesn't tell how long it is, so no size can be shared out: pass --bitrate or --crf in place of --target-size.`,
    );
  const { start = 0, end = length } = request;
  return new SizeBudget({
    bytes,
    seconds: Math.max(0.1, Math.min(end, length) - start) * (slow?.factor ?? 1),
    soundRate: await soundRate(tools, info, container, slow),
    segmentSeconds: (framesPerSegment * frameRate.den) / frameRate.num,
    timeBase,
  });
}
