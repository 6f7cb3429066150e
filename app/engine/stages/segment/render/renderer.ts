import type { FrameInstances, Plane, StreamFormat } from '../../../frames';

/** A frame's picture, as far as renderers care. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly planes: readonly Plane[];
}

/** Makes the result's pictures of frames and what was found in them. */
export interface Renderer {
  /** Format of what it makes. */
  readonly output: StreamFormat;
  /** All that shapes its pictures beside what was found. */
  readonly identity: string;
  /** Its pictures may look nothing like what came in: no ground to judge them by. */
  readonly repaints: boolean;
  /** Fills `target`, whose content is old; both stay the caller's. */
  draw(source: Picture, found: FrameInstances, target: Picture): Promise<void>;
}
