import type { JobRequest } from '../../app/shared';
import type { Remembered } from './history';

/** What is said, and the other follows: the picture's quality, the file's size, or its bits a second. */
export const RATE_KINDS = ['quality', 'size', 'bitrate'] as const;
export type RateKind = (typeof RATE_KINDS)[number];

/** What an empty field means: a file for a message, and 1080p for the web. */
export const USUAL_MEGABYTES = 25;
export const USUAL_MEGABITS = 8;
const MILLION = 1e6;
const LEAST = 10_000;

export type RateRequest = Pick<JobRequest, 'crf' | 'bitrate' | 'targetSize'>;

/** What decides between a file's size and its quality. */
export class RateSettings implements Remembered {
  readonly fields: readonly (keyof RateSettings)[] = ['kind', 'megabytes', 'megabits'];
  kind = $state<RateKind>('quality');
  /** Null: the usual. */
  megabytes = $state<number | null>(null);
  /** A second. Null: the usual. */
  megabits = $state<number | null>(null);

  /** What a job is asked; `crf` where that decides, null where its codec has none, and nothing else. */
  request(crf: number | null): RateRequest {
    if (crf === null) return {};
    const { bytes, bits } = this;
    if (bytes !== null) return { targetSize: bytes };
    return bits === null ? { crf } : { bitrate: bits };
  }

  /** What a job was asked for. */
  read({ bitrate, targetSize }: RateRequest): void {
    this.kind = targetSize !== undefined ? 'size' : bitrate !== undefined ? 'bitrate' : 'quality';
    if (targetSize !== undefined) this.megabytes = targetSize / MILLION;
    if (bitrate !== undefined) this.megabits = bitrate / MILLION;
  }

  /** Of the whole file, where its size is what is said. */
  get bytes(): number | null {
    return this.kind === 'size' ? atLeast(this.megabytes ?? USUAL_MEGABYTES) : null;
  }

  /** A second, where that is what is said. */
  get bits(): number | null {
    return this.kind === 'bitrate' ? atLeast(this.megabits ?? USUAL_MEGABITS) : null;
  }
}

function atLeast(millions: number): number {
  return Math.max(LEAST, Math.round(millions * MILLION));
}
