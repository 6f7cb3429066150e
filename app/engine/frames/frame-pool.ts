import type { Frame, FrameStamp, Plane, StreamFormat } from './frame';
import type { FrameInstances } from './instances';
import { frameBytes, planeSize } from './pixel-format';

interface Slot {
  readonly bytes: Uint8Array;
  readonly planes: readonly Plane[];
}

/**
 * Frames of one stream format whose memory is reused. `take` waits while all `capacity` frames are
 * held, which is what bounds the pipeline's memory; nothing is allocated once every slot was used.
 */
export class FramePool {
  readonly #free: Slot[] = [];
  readonly #waiting: ((slot: Slot) => void)[] = [];
  #made = 0;

  constructor(
    readonly stream: StreamFormat,
    readonly capacity: number,
  ) {
    if (!(capacity >= 1)) throw new RangeError(`Expected at least 1 for capacity but received ${capacity}`);
  }

  /** Frames that are out now. */
  get held(): number {
    return this.#made - this.#free.length;
  }

  /** A frame with old content in its planes; the holder overwrites all of it. */
  async take(stamp: FrameStamp): Promise<PooledFrame> {
    const slot = this.#free.pop() ?? (this.#made < this.capacity ? this.#make() : await this.#wait());
    return new PooledFrame(this.stream, slot, stamp, (returned) => {
      this.#put(returned);
    });
  }

  #wait(): Promise<Slot> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #put(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#free.push(slot);
  }

  #make(): Slot {
    this.#made++;
    const { format, width, height } = this.stream;
    const bytes = new Uint8Array(frameBytes(format, width, height));
    const wide = format.bitDepth > 8;
    const planes: Plane[] = [];
    let offset = 0;
    for (let index = 0; index < format.planes; index++) {
      const size = planeSize(format, index, width, height);
      const samples = size.width * size.height;
      const data = wide
        ? new Uint16Array(bytes.buffer, offset, samples)
        : new Uint8Array(bytes.buffer, offset, samples);
      planes.push({ data, ...size });
      offset += data.byteLength;
    }
    return { bytes, planes };
  }
}

/** A frame of a pool, whose holder may still set when it is shown. */
export class PooledFrame implements Frame {
  pts = 0;
  sourcePts = 0;
  restartPts = 0;
  duration: number | null = null;
  sceneCutBefore = false;
  found: FrameInstances | null = null;
  #slot: Slot | null;
  readonly #put: (slot: Slot) => void;

  constructor(
    readonly stream: StreamFormat,
    slot: Slot,
    stamp: FrameStamp,
    put: (slot: Slot) => void,
  ) {
    this.stamp(stamp);
    this.#slot = slot;
    this.#put = put;
  }

  stamp(stamp: FrameStamp): void {
    this.pts = stamp.pts;
    this.sourcePts = stamp.sourcePts ?? stamp.pts;
    this.restartPts = stamp.restartPts ?? this.sourcePts;
    this.duration = stamp.duration;
    this.sceneCutBefore = stamp.sceneCutBefore ?? false;
    this.found = stamp.found ?? null;
  }

  get planes(): readonly Plane[] {
    return this.#held().planes;
  }

  get bytes(): Uint8Array {
    return this.#held().bytes;
  }

  release(): void {
    const slot = this.#held();
    this.#slot = null;
    this.#put(slot);
  }

  #held(): Slot {
    if (!this.#slot) throw new Error('This frame was released already.');
    return this.#slot;
  }
}
