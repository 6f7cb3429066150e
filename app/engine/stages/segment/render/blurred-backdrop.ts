import type { Fresh } from '../../../../../kernels';
import type { Plane, StreamFormat } from '../../../frames';
import { processKernels } from '../../../runtime';
import type { Matte } from '../instances';
import type { Backdrop } from './backdrop';
import { boxRadii } from './feather';
import { knownField } from './kernel-views';
import { SHOWS_BACKGROUND } from './layers';

/** Spread of the blur in cells: fewer would be seen between them. */
const LEAST_CELLS = 2.5;

/** The background itself, blurred: the objects are taken out of it first, so that none of them bleeds into it. */
export class BlurredBackdrop implements Backdrop {
  readonly identity: string;

  /** @param radius pixels over which a point is spread: two standard deviations */
  constructor(
    private readonly radius: number,
    private readonly stream: StreamFormat,
  ) {
    this.identity = `blur ${radius}`;
  }

  async of(source: Plane, matte: Matte, index: number): Promise<Fresh> {
    const { chromaShiftX, chromaShiftY } = this.stream.format;
    const shift = index === 0 ? { x: 0, y: 0 } : { x: chromaShiftX, y: chromaShiftY };
    const deviation = { x: this.radius / 2 / 2 ** shift.x, y: this.radius / 2 / 2 ** shift.y };
    const step = Math.max(1, Math.floor(Math.min(deviation.x, deviation.y) / LEAST_CELLS));
    const field = await knownField(source, matte, SHOWS_BACKGROUND, step);
    // Nothing of the background is to be seen: there is nothing to blur it from either.
    if (!field) return { code: meanOf(source) };
    await processKernels().blurField({
      field,
      across: Int32Array.from(boxRadii(deviation.x / step)),
      down: Int32Array.from(boxRadii(deviation.y / step)),
    });
    return { field };
  }
}

function meanOf({ data }: Plane): number {
  let sum = 0;
  for (const code of data) sum += code;
  return sum / data.length;
}
