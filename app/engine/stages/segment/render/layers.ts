import type { Matte } from '../instances';
import { MatteMemory } from './matte-memory';

/** How well a sample shows an object, by its coverage, both 0 to 255: only where it is covered almost fully. */
export const SHOWS_OBJECT = Uint8Array.from({ length: 256 }, (_, cover) =>
  Math.round(255 * (cover / 255) ** 8),
);

/** How well it shows what is behind. */
export const SHOWS_BACKGROUND = SHOWS_OBJECT.toReversed();

/** The matte with `by` more samples around, inside a picture of this size. */
export function withMargin(
  matte: Matte,
  by: number,
  picture: { readonly width: number; readonly height: number },
  memory = new MatteMemory(),
): Matte {
  const x = Math.max(0, matte.x - by);
  const y = Math.max(0, matte.y - by);
  const width = Math.min(picture.width, matte.x + matte.width + by) - x;
  const height = Math.min(picture.height, matte.y + matte.height + by) - y;
  const grown = memory.empty(x, y, width, height);
  for (let row = 0; row < matte.height; row++)
    grown.data.set(
      matte.data.subarray(row * matte.width, (row + 1) * matte.width),
      (matte.y - y + row) * width + matte.x - x,
    );
  return grown;
}
