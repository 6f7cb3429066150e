import {
  frameBytes,
  planeSize,
  type Frame,
  type FrameStamp,
  type Plane,
  type StreamFormat,
} from '../../frames';
import { allocate } from '../../runtime';

/** A copy of a frame that waits until it is known what is in it. */
export interface HeldFrame {
  readonly bytes: Uint8Array;
  readonly planes: readonly Plane[];
  stamp: FrameStamp;
}

/** Copies of frames, whose memory is used again: frames themselves are too few to wait for later ones. */
export class HeldFrames {
  readonly #waiting: HeldFrame[] = [];
  readonly #spare: HeldFrame[] = [];

  constructor(private readonly stream: StreamFormat) {}

  get length(): number {
    return this.#waiting.length;
  }

  /**
   * Gives the copy, which stays as it is until it is taken.
   *
   * @param restartPts of what is made of the frame
   * @throws DeviceError device-out-of-memory
   */
  add(frame: Frame, restartPts: number): HeldFrame {
    const held = this.#spare.pop() ?? this.#make();
    held.bytes.set(frame.bytes);
    const { pts, sourcePts, duration, sceneCutBefore } = frame;
    held.stamp = { pts, sourcePts, restartPts, duration, sceneCutBefore };
    this.#waiting.push(held);
    return held;
  }

  /** The oldest, which is the caller's until it is given back. */
  take(): HeldFrame {
    const held = this.#waiting.shift();
    if (!held) throw new Error('No frame waits for what was found.');
    return held;
  }

  giveBack(held: HeldFrame): void {
    this.#spare.push(held);
  }

  #make(): HeldFrame {
    const { format, width, height } = this.stream;
    const buffer = allocate(frameBytes(format, width, height));
    const planes: Plane[] = [];
    let offset = 0;
    for (let index = 0; index < format.planes; index++) {
      const size = planeSize(format, index, width, height);
      const samples = size.width * size.height;
      const data =
        format.bitDepth > 8
          ? new Uint16Array(buffer, offset, samples)
          : new Uint8Array(buffer, offset, samples);
      offset += data.byteLength;
      planes.push({ data, ...size });
    }
    return { bytes: new Uint8Array(buffer), planes, stamp: { pts: 0, duration: null } };
  }
}
