import { checkArray, checkInteger, expected, overlap } from '../checks';

/** What a motion session is made for; kernels/README.md says what it computes. */
export interface MotionSessionOptions {
  readonly width: number;
  readonly height: number;
  /** The pyramid's last level that motion is estimated on: 1 is half the size and fast, 0 the full size and better. */
  readonly finestScale: 0 | 1;
  /** As `Kernels.setThreads`: of the whole process. */
  readonly threads?: number;
}

/** Where the warped frames go. They share no memory with each other. */
export interface MotionTargets {
  /** [3, height, width]: the frame before, as it looks at the time between. */
  readonly warpedPrevious: Float32Array;
  /** [3, height, width]: the frame after. */
  readonly warpedNext: Float32Array;
  /** [height, width], 1 where both flows and both frames agree, toward 0 where they don't. */
  readonly confidence?: Float32Array;
}

/** The sizes that a session was made for, checked. */
export interface MotionShape {
  readonly width: number;
  readonly height: number;
  readonly finestScale: 0 | 1;
}

export interface WarpWork extends MotionTargets {
  readonly time: number;
}

const MOST_SIDE = 16_384;

/** @throws TypeError that names what is wrong */
export function motionShape({ width, height, finestScale }: MotionSessionOptions): MotionShape {
  checkInteger(width, 'width', 1, MOST_SIDE);
  checkInteger(height, 'height', 1, MOST_SIDE);
  checkInteger(finestScale, 'finestScale', 0, 1);
  return { width, height, finestScale };
}

/** @throws TypeError that names what is wrong */
export function checkFrame({ width, height }: MotionShape, frame: Float32Array, name: string): void {
  checkArray(frame, Float32Array, 3 * width * height, name);
}

/** @throws TypeError that names what is wrong */
export function warpWork(shape: MotionShape, time: number, targets: MotionTargets): WarpWork {
  if (!(time > 0 && time < 1)) expected('a number between 0 and 1', 'time', time);
  const { warpedPrevious, warpedNext, confidence } = targets;
  checkFrame(shape, warpedPrevious, 'warpedPrevious');
  checkFrame(shape, warpedNext, 'warpedNext');
  if (overlap(warpedPrevious, warpedNext))
    expected('memory apart from warpedPrevious', 'warpedNext', warpedNext);
  if (confidence === undefined) return { time, warpedPrevious, warpedNext };
  checkArray(confidence, Float32Array, shape.width * shape.height, 'confidence');
  if (overlap(confidence, warpedPrevious) || overlap(confidence, warpedNext))
    expected('memory apart from the warped frames', 'confidence', confidence);
  return { time, warpedPrevious, warpedNext, confidence };
}
