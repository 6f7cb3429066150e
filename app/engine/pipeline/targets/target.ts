import type { JobRequest, MediaInfo } from '../../../shared';
import type { Display, StreamFormat } from '../../frames';
import type { MediaTools } from '../../media';
import type { SegmentStore } from '../segment-store';
import type { SegmentFile } from '../segment-writer';

/** What a result is made of. */
export interface TargetContext {
  readonly tools: MediaTools;
  readonly info: MediaInfo;
  readonly request: JobRequest;
  /** Frames as the last stage gives them. */
  readonly stream: StreamFormat;
  readonly display: Display;
  /** By how much time is stretched, and what becomes of the sound; null where it isn't. */
  readonly slow: { readonly factor: number; readonly sound: 'stretch' | 'drop' } | null;
  readonly signal: AbortSignal;
}

/** What a finished result is. */
export interface Written {
  /** All files, the one that stands for the result first. */
  readonly files: readonly string[];
  readonly sizeBytes: number;
  readonly notes: readonly string[];
}

/** A kind of result: what its segments are, and how they become files of their own. */
export interface Target {
  /** What the user should know before. */
  readonly notes: readonly string[];
  /** Files of each segment. */
  readonly files: readonly SegmentFile[];
  /**
   * Makes the result of the finished segments in the work folder and gives it its name.
   * @throws UserError, CancelledError; segments are kept
   */
  finish(store: SegmentStore): Promise<Written>;
}
