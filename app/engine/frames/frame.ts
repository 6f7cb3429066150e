import type { ColourDescription, Rational } from '../../shared';
import type { FrameInstances } from './instances';
import type { PixelFormat } from './pixel-format';

/** Samples of one component, rows without padding, full codes of the format's bit depth (little end of a u16 above 8 bits). */
export interface Plane {
  readonly data: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
}

/** What is the same for every frame of a stream. */
export interface StreamFormat {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly colour: ColourDescription;
  /** Unit of all presentation times. */
  readonly timeBase: Rational;
  /** Average rate, null where unknown. Never used to compute a frame's time. */
  readonly frameRate: Rational | null;
}

/**
 * A picture on its way through the pipeline. It belongs to one holder at a time: whoever took it
 * from a queue passes it on or calls `release()`, once, after which its planes are reused.
 */
export interface Frame {
  readonly stream: StreamFormat;
  /** Presentation time in ticks of the stream's time base. */
  readonly pts: number;
  /** Presentation time of the job's input frame that this one is, or comes after, in the input's ticks. */
  readonly sourcePts: number;
  /** Presentation time, in the input's ticks, of the input frame that a run has to begin with for this frame and all after it to come out the same. */
  readonly restartPts: number;
  /** Ticks until the next frame where the source says so, else null. */
  readonly duration: number | null;
  readonly planes: readonly Plane[];
  /** The planes' bytes in one piece, plane after plane: what goes down a pipe. */
  readonly bytes: Uint8Array;
  /** A scene cut stands between the frame before and this one. */
  readonly sceneCutBefore: boolean;
  /** The objects that a stage found in it; null where none looked, or the frame is a new one between two. */
  readonly found: FrameInstances | null;
  release(): void;
}

/** What may differ when a frame is made. */
export interface FrameStamp {
  readonly pts: number;
  readonly duration: number | null;
  /** Left out by the decoder: `pts` itself. */
  readonly sourcePts?: number;
  /** Left out: `sourcePts`. */
  readonly restartPts?: number;
  readonly sceneCutBefore?: boolean;
  readonly found?: FrameInstances | null;
}
