import type { Matte } from '../instances';
import { MatteMemory } from './matte-memory';

/** Softens the edges of mattes by a number of pixels; with 0 it gives them back. */
export class EdgeSoftener {
  readonly #radii: readonly number[];

  /** `pixels` is about how far an edge reaches to either side afterwards. */
  constructor(readonly pixels: number) {
    this.#radii = boxRadii(pixels / 2);
  }

  /** The matte with softened edges, inside a picture of this size. At the picture's border it is taken to go on. */
  soften(
    matte: Matte,
    picture: { readonly width: number; readonly height: number },
    memory = new MatteMemory(),
  ): Matte {
    const reach = this.#radii.reduce((sum, radius) => sum + radius, 0);
    if (reach === 0 || matte.data.length === 0) return matte;
    const grown = grow(matte, reach, picture, memory);
    const line = new Uint8Array(Math.max(grown.width, grown.height));
    const { data, width, height } = grown;
    const border = {
      left: grown.x === 0,
      top: grown.y === 0,
      right: grown.x + width === picture.width,
      bottom: grown.y + height === picture.height,
    };
    for (const radius of this.#radii) {
      if (radius === 0) continue;
      for (let y = 0; y < height; y++)
        average(data, y * width, 1, width, radius, line, [border.left, border.right]);
      for (let x = 0; x < width; x++)
        average(data, x, width, height, radius, line, [border.top, border.bottom]);
    }
    return grown;
  }
}

/** Radii of three means in a row whose spread is that of a Gaussian with this deviation. */
export function boxRadii(deviation: number): readonly number[] {
  // Var of a mean over 2r + 1 samples is r(r + 1)/3; three of them add up.
  const ideal = (Math.sqrt(1 + 4 * deviation * deviation) - 1) / 2;
  const low = Math.floor(ideal);
  const rest = deviation * deviation - low * (low + 1);
  const nearest = Math.round((3 * rest) / (2 * (low + 1)));
  // However little is asked for, something is to be seen of it.
  const highs = deviation > 0 && low === 0 ? Math.max(1, nearest) : nearest;
  return [0, 1, 2].map((index) => low + (index < highs ? 1 : 0));
}

function grow(
  { x, y, width, height, data }: Matte,
  by: number,
  picture: { readonly width: number; readonly height: number },
  memory: MatteMemory,
): Matte {
  const x0 = Math.max(0, x - by);
  const y0 = Math.max(0, y - by);
  const grown = memory.empty(
    x0,
    y0,
    Math.min(picture.width, x + width + by) - x0,
    Math.min(picture.height, y + height + by) - y0,
  );
  for (let row = 0; row < height; row++)
    grown.data.set(data.subarray(row * width, (row + 1) * width), (y - y0 + row) * grown.width + x - x0);
  return grown;
}

/** Means over 2 · radius + 1 samples of a line in place; beyond an end the last sample counts where the line goes on there, else nothing. */
function average(
  data: Uint8Array,
  start: number,
  step: number,
  count: number,
  radius: number,
  line: Uint8Array,
  goesOn: readonly [boolean, boolean],
): void {
  for (let i = 0, at = start; i < count; i++, at += step) line[i] = data[at] ?? 0;
  const before = goesOn[0] ? (line[0] ?? 0) : 0;
  const after = goesOn[1] ? (line[count - 1] ?? 0) : 0;
  const sample = (i: number): number => (i < 0 ? before : i >= count ? after : (line[i] ?? 0));
  const size = 2 * radius + 1;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += sample(i);
  for (let i = 0, at = start; i < count; i++, at += step) {
    data[at] = (sum + radius) / size;
    sum += sample(i + radius + 1) - sample(i - radius);
  }
}
