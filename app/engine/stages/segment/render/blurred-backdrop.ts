import type { Plane, StreamFormat } from '../../../frames';
import type { Matte } from '../instances';
import type { Backdrop, BackdropRows } from './backdrop';
import { boxRadii } from './feather';
import { FieldRows, knownField, type Field } from './field';
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

  of(source: Plane, matte: Matte, index: number): BackdropRows {
    const { chromaShiftX, chromaShiftY } = this.stream.format;
    const shift = index === 0 ? { x: 0, y: 0 } : { x: chromaShiftX, y: chromaShiftY };
    const deviation = { x: this.radius / 2 / 2 ** shift.x, y: this.radius / 2 / 2 ** shift.y };
    const step = Math.max(1, Math.floor(Math.min(deviation.x, deviation.y) / LEAST_CELLS));
    const behind = knownField(source, matte, SHOWS_BACKGROUND, step);
    // Nothing of the background is to be seen: there is nothing to blur it from either.
    if (!behind) return (_y, line) => line.fill(meanOf(source));
    blur(behind, deviation.x / step, deviation.y / step);
    const rows = new FieldRows(behind, source.width);
    return (y, line) => {
      rows.row(y, line);
    };
  }
}

function meanOf({ data }: Plane): number {
  let sum = 0;
  for (const code of data) sum += code;
  return sum / data.length;
}

/** A Gaussian of these deviations, in cells, as three means in a row each way; beyond an edge the edge's cell counts. */
function blur({ width, height, values }: Field, across: number, down: number): void {
  const line = new Float32Array(Math.max(width, height));
  for (const radius of boxRadii(across))
    if (radius > 0) for (let y = 0; y < height; y++) average(values, y * width, 1, width, radius, line);
  for (const radius of boxRadii(down))
    if (radius > 0) for (let x = 0; x < width; x++) average(values, x, width, height, radius, line);
}

function average(
  values: Float32Array,
  start: number,
  step: number,
  count: number,
  radius: number,
  line: Float32Array,
): void {
  for (let i = 0, at = start; i < count; i++, at += step) line[i] = values[at] ?? 0;
  const at = (i: number): number => line[i < 0 ? 0 : i >= count ? count - 1 : i] ?? 0;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  const part = 1 / (2 * radius + 1);
  for (let i = 0, to = start; i < count; i++, to += step) {
    values[to] = sum * part;
    sum += at(i + radius + 1) - at(i - radius);
  }
}
