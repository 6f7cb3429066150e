import type { Frame, FrameInstances, Plane, StreamFormat } from '../../frames';
import { frameBytes, planeSize } from '../../frames';
import { allocate } from '../../runtime';
import { allocatePicture } from '../pictures';
import type { Slot } from './timing';

/** A frame of the source on its way through a synthesizer: its codes, its colours, and what is to be shown for it. */
export class SourcePicture {
  readonly bytes: Uint8Array;
  readonly planes: readonly Plane[];
  readonly rgb: Float32Array;
  pts = 0;
  sourcePts = 0;
  restartPts = 0;
  /** One of a long run of frames that show the same. */
  inPause = false;
  duration: number | null = null;
  sceneCutBefore = false;
  found: FrameInstances | null = null;
  /** Not shown yet, in order. */
  slots: Slot[] = [];

  /** @throws DeviceError device-out-of-memory */
  constructor({ format, width, height }: StreamFormat) {
    const buffer = allocate(frameBytes(format, width, height));
    this.bytes = new Uint8Array(buffer);
    let offset = 0;
    this.planes = Array.from({ length: format.planes }, (_, index) => {
      const size = planeSize(format, index, width, height);
      const samples = size.width * size.height;
      const data =
        format.bitDepth > 8
          ? new Uint16Array(buffer, offset, samples)
          : new Uint8Array(buffer, offset, samples);
      offset += data.byteLength;
      return { data, ...size };
    });
    this.rgb = allocatePicture(width, height);
  }

  /** Copies a frame, which stays the caller's. */
  hold(frame: Frame): void {
    this.bytes.set(frame.bytes);
    this.pts = frame.pts;
    this.sourcePts = frame.sourcePts;
    this.restartPts = frame.restartPts;
    this.inPause = false;
    this.duration = frame.duration;
    this.sceneCutBefore = frame.sceneCutBefore;
    this.found = frame.found;
    this.slots = [];
  }
}
