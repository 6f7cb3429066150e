import type { FrameInstances, StreamFormat } from '../../../frames';
import type { Picture, Renderer } from './renderer';

/** Frames as they are: what was found in them is the result. */
export class Untouched implements Renderer {
  readonly identity = 'contours';
  readonly repaints = false;

  constructor(readonly output: StreamFormat) {}

  async draw(source: Picture, _found: FrameInstances, { bytes }: Picture): Promise<void> {
    bytes.set(source.bytes);
  }
}
