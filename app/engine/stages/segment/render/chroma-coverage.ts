import type { StreamFormat } from '../../../frames';
import { chromaSite } from '../../chroma-site';
import type { Matte } from '../instances';
import { emptyMatte } from './coverage';

/** Weights, in quarters, of the sample before a pair, of both of the pair and of the one after, by where chroma lies between the two. */
const TAPS: ReadonlyMap<number, readonly [number, number, number, number]> = new Map([
  [0, [1, 2, 1, 0]],
  [0.5, [0, 2, 2, 0]],
  [1, [0, 1, 2, 1]],
]);

/**
 * A matte as chroma samples see it: where chroma is subsampled, the mean of the luma samples around
 * its place. `matte` lies inside the picture; beyond its edge there is nothing, beyond the picture's
 * its edge counts.
 */
export function chromaCoverage(matte: Matte, { width, height, format, colour }: StreamFormat): Matte {
  const { chromaShiftX, chromaShiftY } = format;
  const [siteX, siteY] = chromaSite(colour.chromaLocation);
  const across = chromaShiftX === 0 ? matte : transposed(halved(transposed(matte), siteX, width));
  return chromaShiftY === 0 ? across : halved(across, siteY, height);
}

/** Rows of a matte taken together in twos. `length` is how many rows the picture has. */
function halved(matte: Matte, site: number, length: number): Matte {
  const [before, first, second, after] = TAPS.get(site) ?? [0, 2, 2, 0];
  const top = (matte.y - 1) >> 1;
  const bottom = (matte.y + matte.height + 1) >> 1;
  const y0 = Math.max(0, top);
  const y1 = Math.min((length + 1) >> 1, bottom + 1);
  const result = emptyMatte(matte.x, y0, matte.width, Math.max(0, y1 - y0));
  const { width, data } = matte;
  const rowAt = (wanted: number): number => {
    const row = Math.max(0, Math.min(length - 1, wanted)) - matte.y;
    return row < 0 || row >= matte.height ? -1 : row * width;
  };
  for (let row = 0; row < result.height; row++) {
    const y = 2 * (y0 + row);
    const [a, b, c, d] = [rowAt(y - 1), rowAt(y), rowAt(y + 1), rowAt(y + 2)];
    const at = row * width;
    for (let x = 0; x < width; x++) {
      let sum = 2;
      if (before > 0 && a >= 0) sum += before * (data[a + x] ?? 0);
      if (b >= 0) sum += first * (data[b + x] ?? 0);
      if (c >= 0) sum += second * (data[c + x] ?? 0);
      if (after > 0 && d >= 0) sum += after * (data[d + x] ?? 0);
      result.data[at + x] = sum >> 2;
    }
  }
  return result;
}

function transposed({ x, y, width, height, data }: Matte): Matte {
  const result = emptyMatte(y, x, height, width);
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++, at++) result.data[column * height + row] = data[at] ?? 0;
  return result;
}
