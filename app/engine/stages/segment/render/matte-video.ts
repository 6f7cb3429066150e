import { pixelFormat, type FrameInstances, type StreamFormat } from '../../../frames';
import type { EdgeSoftener } from './feather';
import { MatteMemory } from './matte-memory';
import type { Picture, Renderer } from './renderer';
import { unionMatte } from './union';

/** Coverage as a grey picture: black outside, white inside, full range, so that a code is a 255th. */
export class MatteVideo implements Renderer {
  readonly identity: string;
  readonly repaints = true;
  readonly output: StreamFormat;
  readonly #memory = new MatteMemory();

  constructor(
    input: StreamFormat,
    private readonly feather: EdgeSoftener,
  ) {
    this.identity = `matte, feather ${feather.pixels}`;
    const format = pixelFormat('gray');
    if (!format) throw new Error('No format for mattes.');
    this.output = {
      ...input,
      format,
      // A matte is no picture of light: its codes are read as they are.
      colour: {
        matrix: 'bt709',
        range: 'full',
        primaries: 'bt709',
        transfer: 'bt709',
        chromaLocation: 'unknown',
        rangeStated: true,
      },
    };
  }

  async draw(_source: Picture, found: FrameInstances, { bytes }: Picture): Promise<void> {
    const memory = this.#memory;
    memory.reuse();
    const matte = this.feather.soften(unionMatte(found, memory), found, memory);
    bytes.fill(0);
    for (let row = 0; row < matte.height; row++) {
      const from = row * matte.width;
      bytes.set(matte.data.subarray(from, from + matte.width), (matte.y + row) * found.width + matte.x);
    }
  }
}
