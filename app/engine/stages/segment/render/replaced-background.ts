import type { FrameInstances, Plane, StreamFormat } from '../../../frames';
import type { Matte } from '../instances';
import type { Backdrop } from './backdrop';
import { chromaCoverage } from './chroma-coverage';
import type { EdgeSoftener } from './feather';
import { FieldRows, knownField } from './field';
import { SHOWS_BACKGROUND, withMargin } from './layers';
import type { Picture, Renderer } from './renderer';
import { unionMatte } from './union';

/** Samples of a cell in which the old background is estimated behind edges. */
const STEP = 2;
/** Samples around the objects from which it is known. */
const MARGIN = 16;

/**
 * The objects on another background. At the edge the old background is taken out of the mixture and
 * the new one put in, in the codes' own (gamma) light, in which the matte is the mixture that the
 * camera's picture shows: `seen + (1 − alpha) · (new − old)`.
 */
export class ReplacedBackground implements Renderer {
  readonly identity: string;
  readonly repaints = true;

  constructor(
    readonly output: StreamFormat,
    private readonly backdrop: Backdrop,
    private readonly feather: EdgeSoftener,
  ) {
    this.identity = `background ${backdrop.identity}, feather ${feather.pixels}`;
  }

  async draw(source: Picture, found: FrameInstances, { planes }: Picture): Promise<void> {
    const objects = this.feather.soften(unionMatte(found), found);
    const around = withMargin(objects, MARGIN, found);
    const whole = withMargin(objects, Math.max(found.width, found.height), found);
    const chroma = { around: chromaCoverage(around, this.output), whole: chromaCoverage(whole, this.output) };
    source.planes.forEach((from, index) => {
      const to = planes[index];
      if (!to) throw new Error('Expected as many planes in as out.');
      const mattes = index === 0 ? { around, whole } : chroma;
      this.#plane(from, to, mattes, index);
    });
  }

  #plane(
    source: Plane,
    target: Plane,
    { around, whole }: { readonly around: Matte; readonly whole: Matte },
    index: number,
  ): void {
    const rows = this.backdrop.of(source, whole, index);
    const behind = around.data.length > 0 ? knownField(source, around, SHOWS_BACKGROUND, STEP) : null;
    const behindRows = behind && new FieldRows(behind, around.width);
    const fresh = new Float32Array(source.width);
    const old = new Float32Array(source.width);
    const most = 2 ** this.output.format.bitDepth - 1;
    for (let y = 0; y < source.height; y++) {
      rows(y, fresh);
      const from = y * source.width;
      if (!isCrossed(around, y)) {
        for (let x = 0; x < source.width; x++) target.data[from + x] = (fresh[x] ?? 0) + 0.5;
        continue;
      }
      // Where nothing of it is to be seen, nothing of it is taken out.
      if (behindRows) behindRows.row(y - around.y, old.subarray(around.x));
      else old.set(fresh);
      mix(source.data, target.data, from, { matte: whole.data, fresh, old, most });
    }
  }
}

function isCrossed(matte: Matte, y: number): boolean {
  return y >= matte.y && y < matte.y + matte.height;
}

/** What a row of a plane is mixed of. */
interface Mixture {
  /** As large as the plane, so that a row begins at the same place in both. */
  readonly matte: Uint8Array;
  readonly fresh: Float32Array;
  readonly old: Float32Array;
  /** The highest code. */
  readonly most: number;
}

function mix(
  source: Plane['data'],
  target: Plane['data'],
  from: number,
  { matte, fresh, old, most }: Mixture,
): void {
  for (let x = 0; x < fresh.length; x++) {
    const cover = matte[from + x] ?? 0;
    const behind = fresh[x] ?? 0;
    if (cover === 0) target[from + x] = behind + 0.5;
    else if (cover === 255) target[from + x] = source[from + x] ?? 0;
    else {
      const mixed = (source[from + x] ?? 0) + (1 - cover / 255) * (behind - (old[x] ?? 0));
      target[from + x] = Math.max(0, Math.min(most, mixed)) + 0.5;
    }
  }
}
