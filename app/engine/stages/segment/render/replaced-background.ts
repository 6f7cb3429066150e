import type { FrameInstances, Plane, StreamFormat } from '../../../frames';
import { processKernels } from '../../../runtime';
import type { Matte } from '../instances';
import type { Backdrop } from './backdrop';
import { chromaCoverage } from './chroma-coverage';
import type { EdgeSoftener } from './feather';
import { knownField, planeView } from './kernel-views';
import { SHOWS_BACKGROUND, withMargin } from './layers';
import { MatteMemory } from './matte-memory';
import type { Picture, Renderer } from './renderer';
import { unionMatte } from './union';

/** Samples of a cell in which the old background is estimated behind edges. */
const STEP = 2;
/** Samples around the objects from which it is known. */
const MARGIN = 16;

/**
 * The objects on another background. At the edge the old background is taken out of the mixture,
 * which leaves the object's share (`seen − (1 − alpha) · old`, at most alpha of white), and the new one put in,
 * in the codes' own (gamma) light, in which the matte is the mixture that the camera's picture shows.
 */
export class ReplacedBackground implements Renderer {
  readonly identity: string;
  readonly repaints = true;
  readonly #memory = new MatteMemory();

  constructor(
    readonly output: StreamFormat,
    private readonly backdrop: Backdrop,
    private readonly feather: EdgeSoftener,
  ) {
    this.identity = `another background ${backdrop.identity}, feather ${feather.pixels}`;
  }

  async draw(source: Picture, found: FrameInstances, { planes }: Picture): Promise<void> {
    const memory = this.#memory;
    memory.reuse();
    const objects = this.feather.soften(unionMatte(found, memory), found, memory);
    const around = withMargin(objects, MARGIN, found, memory);
    const whole = withMargin(objects, Math.max(found.width, found.height), found, memory);
    const chroma = {
      around: await chromaCoverage(around, this.output, memory),
      whole: await chromaCoverage(whole, this.output, memory),
    };
    await Promise.all(
      source.planes.map(async (from, index) => {
        const to = planes[index];
        if (!to) throw new Error('Expected as many planes in as out.');
        await this.#plane(from, to, index === 0 ? { around, whole } : chroma, index);
      }),
    );
  }

  async #plane(
    source: Plane,
    target: Plane,
    { around, whole }: { readonly around: Matte; readonly whole: Matte },
    index: number,
  ): Promise<void> {
    const fresh = await this.backdrop.of(source, whole, index);
    const field = await knownField(source, around, SHOWS_BACKGROUND, STEP);
    await processKernels().backdrop({
      source: planeView(source),
      target: planeView(target),
      cover: whole.data,
      fresh,
      // Where nothing of it is to be seen, nothing of it is taken out.
      old: field && { field, region: around },
      most: 2 ** this.output.format.bitDepth - 1,
    });
  }
}
