import type { StageChoice } from '../../shared';
import type { Stopwatch } from './stopwatch';

/** What is in a result's closed segments. */
export interface Closed {
  readonly frames: number;
  readonly bytes: number;
}

/** What a run tells while it goes on. */
export interface RunEvents {
  /** Frames in the result so far, those of an earlier run included; `thisRun` of them are new. */
  wrote(frames: number, thisRun: number, closed: Closed, stopwatch: Stopwatch): void;
  /** Frames that there will be in all, where that is not what the request alone tells. */
  expects(frames: number): void;
  /** The last frame is written; joining and muxing begin. */
  finishing(): void;
  note(text: string): void;
  /** All stages are open; what they compute with. */
  chose(choices: readonly StageChoice[]): void;
}

export interface RunFacts {
  readonly width: number;
  readonly height: number;
  /** The one that stands for the result first. */
  readonly files: readonly string[];
  readonly frames: number;
  readonly framesThisRun: number;
  readonly sizeBytes: number;
  readonly backend: string;
  readonly choices: readonly StageChoice[];
  readonly notes: readonly string[];
  readonly stopwatch: Stopwatch;
}
