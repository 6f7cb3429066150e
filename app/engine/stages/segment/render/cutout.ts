import { ALPHA_PLANE, withAlpha, type FrameInstances, type Plane, type StreamFormat } from '../../../frames';
import { processKernels } from '../../../runtime';
import type { Matte } from '../instances';
import { chromaCoverage } from './chroma-coverage';
import type { EdgeSoftener } from './feather';
import { coveredRegion, fieldMean, knownField, planeView } from './kernel-views';
import { SHOWS_BACKGROUND, SHOWS_OBJECT, withMargin } from './layers';
import { MatteMemory } from './matte-memory';
import type { Picture, Renderer } from './renderer';
import { codesOf, type ColourCodes } from './stream-colour';
import { unionMatte } from './union';

/** Samples around the objects over which their colours are carried on, so that no filter after this brings in others. */
const MARGIN = 32;
/** Samples of a cell in which colours are estimated: they change little over an edge's width. */
const STEP = 2;

/**
 * The objects on nothing: colours of their own under alpha. At the edge a picture shows a mixture;
 * the object's part of it is estimated from both sides (Forte, "Approximate fast foreground colour
 * estimation", ICIP 2021, with pull-push in place of its blur), and carried on under what is
 * transparent.
 */
export class Cutout implements Renderer {
  readonly identity: string;
  readonly repaints = true;
  readonly output: StreamFormat;
  readonly #nothing: ColourCodes;
  readonly #memory = new MatteMemory();

  constructor(
    input: StreamFormat,
    private readonly feather: EdgeSoftener,
  ) {
    this.identity = `cut-out, feather ${feather.pixels}`;
    this.output = { ...input, format: withAlpha(input.format) };
    this.#nothing = codesOf({ red: 0, green: 0, blue: 0 }, this.output);
  }

  async draw(source: Picture, found: FrameInstances, { planes }: Picture): Promise<void> {
    const memory = this.#memory;
    memory.reuse();
    const objects = this.feather.soften(unionMatte(found, memory), found, memory);
    const matte = withMargin(objects, MARGIN, found, memory);
    this.#alpha(matte, planes[ALPHA_PLANE]);
    const chroma = await chromaCoverage(matte, this.output, memory);
    await Promise.all(
      planes.slice(0, ALPHA_PLANE).map(async (to, index) => {
        const from = source.planes[index];
        const nothing = Math.round(this.#nothing[index] ?? 0);
        if (from) await this.#colours(from, to, index === 0 ? matte : chroma, nothing);
        // Grey has no chroma to take.
        else to.data.fill(nothing);
      }),
    );
  }

  #alpha(matte: Matte, plane: Plane | undefined): void {
    if (!plane) throw new Error('Expected an alpha plane.');
    const scale = (2 ** this.output.format.bitDepth - 1) / 255;
    plane.data.fill(0);
    for (let row = 0; row < matte.height; row++) {
      const to = (matte.y + row) * plane.width + matte.x;
      const from = row * matte.width;
      for (let x = 0; x < matte.width; x++) plane.data[to + x] = (matte.data[from + x] ?? 0) * scale + 0.5;
    }
  }

  /** @param nothing what stands where no object is near */
  async #colours(source: Plane, target: Plane, matte: Matte, nothing: number): Promise<void> {
    const objects = await knownField(source, matte, SHOWS_OBJECT, STEP);
    if (!objects) {
      target.data.fill(nothing);
      return;
    }
    target.data.fill(Math.round(fieldMean(objects)));
    const behind = (await knownField(source, matte, SHOWS_BACKGROUND, STEP)) ?? objects;
    await processKernels().uncover({
      source: planeView(source),
      target: planeView(target),
      matte: coveredRegion(matte),
      objects,
      behind,
      most: 2 ** this.output.format.bitDepth - 1,
    });
  }
}
