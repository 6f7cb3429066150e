import type { Codec, MediaInfo, Rational, SlowSound } from '../../shared';
import { ticksToSeconds, type StreamFormat } from '../frames';
import type { Carriage } from './carriage';
import type { Container } from './container';
import type { ProbedFile, ProbedStream } from './ffprobe-output';
import type { StoredSegment } from './segment-joiner';

export interface MuxPlan {
  /** In order; at least one. */
  readonly segments: readonly StoredSegment[];
  /** Format of the segments' video. */
  readonly stream: StreamFormat;
  /** Width over height of a pixel; the source's if left out. */
  readonly sampleAspectRatio?: Rational;
  /** The source, whose other streams go along. */
  readonly info: MediaInfo;
  /** File to write. */
  readonly part: string;
  readonly container: Container;
  readonly codec: Codec;
  /** Seconds from the video's first frame, as the decoder was told. */
  readonly start?: number;
  readonly end?: number;
  /** By how much the segments' times are stretched over the source's, and what becomes of its sound. */
  readonly slow?: { readonly factor: number; readonly sound: SlowSound };
  readonly signal: AbortSignal;
  /** Part of the video that is written, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** The part of a plan that tells where its result begins. */
export type OriginPlan = Pick<MuxPlan, 'stream' | 'info' | 'start' | 'slow'> & {
  readonly segments: readonly Pick<StoredSegment, 'firstPts'>[];
};

/** A stream of the source and what becomes of it. */
export interface Traveller {
  readonly stream: ProbedStream;
  readonly carriage: Carriage;
}

/**
 * Time of the source, in seconds, that becomes zero in the result: where the user let it start, else
 * the file's own start where that lies after zero (transport streams), or a first frame before zero.
 */
export function originOf(plan: OriginPlan, file: ProbedFile): number {
  const { stream, segments, start } = plan;
  const first = ticksToSeconds(segments[0]?.firstPts ?? 0, stream.timeBase) / (plan.slow?.factor ?? 1);
  // The decoder gives a frame from just before the start, as files round times: no time may be before zero.
  if (start !== undefined) return Math.min(firstFrame(plan) + start, first);
  return Math.min(first, Math.max(0, Number(file.format.start_time ?? 0) || 0));
}

/** Seconds at which the source's video begins. */
function firstFrame({ info }: Pick<MuxPlan, 'info'>): number {
  return ticksToSeconds(info.video.startPts ?? 0, info.video.timeBase);
}

/** The part of the source's streams that goes along, moved so that the origin becomes zero. */
export function rangeArguments(plan: MuxPlan, origin: number): string[] {
  const { start, end } = plan;
  const last = firstFrame(plan) + (end ?? 0);
  return [
    // Seeking moves times as well.
    ...(start === undefined ? ['-itsoffset', (-origin).toFixed(6)] : ['-ss', origin.toFixed(6)]),
    ...(end === undefined ? [] : ['-t', (last - origin).toFixed(6)]),
  ];
}
