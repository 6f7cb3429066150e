import { chromaSite, type StreamFormat } from '../../../frames';
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
  const across = chromaShiftX === 0 ? matte : halved(matte, siteX, 'across', width);
  return chromaShiftY === 0 ? across : halved(across, siteY, 'down', height);
}

/** Samples of one direction taken together in twos. `length` is how many of them the picture has. */
function halved(matte: Matte, site: number, direction: 'across' | 'down', length: number): Matte {
  const down = direction === 'down';
  const taps = TAPS.get(site) ?? [0, 2, 2, 0];
  const start = down ? matte.y : matte.x;
  const end = start + (down ? matte.height : matte.width);
  // Of a sample beside the matte half the taps may still reach it.
  const from = Math.max(0, (start - 1) >> 1);
  const to = Math.max(from, Math.min((length + 1) >> 1, ((end + 1) >> 1) + 1));
  const result = down
    ? emptyMatte(matte.x, from, matte.width, to - from)
    : emptyMatte(from, matte.y, to - from, matte.height);
  for (let at = from; at < to; at++) {
    const places = [2 * at - 1, 2 * at, 2 * at + 1, 2 * at + 2].map(
      (place) => Math.max(0, Math.min(length - 1, place)) - start,
    );
    add(matte, result, at - from, { down, taps, places });
  }
  return result;
}

interface Sum {
  readonly down: boolean;
  readonly taps: readonly number[];
  /** Of the samples to add, counted from the matte's beginning; those outside it are nothing. */
  readonly places: readonly number[];
}

/** Line `line` of the result: a row where samples of columns are added, else a column. */
function add(matte: Matte, result: Matte, line: number, { down, taps, places }: Sum): void {
  const [count, step] = down ? [matte.width, 1] : [matte.height, matte.width];
  const [resultStep, first] = down ? [1, line * result.width] : [result.width, line];
  const inside = taps
    .map((weight, index) => ({ weight, place: places[index] ?? -1 }))
    .filter(({ weight, place }) => weight > 0 && place >= 0 && place < (down ? matte.height : matte.width));
  const [a, b, c] = inside;
  const at = (tap: typeof a): number => (tap ? tap.place * (down ? matte.width : 1) : 0);
  const [atA, atB, atC] = [at(a), at(b), at(c)];
  const [weightA, weightB, weightC] = [a?.weight ?? 0, b?.weight ?? 0, c?.weight ?? 0];
  const { data } = matte;
  for (let i = 0, from = 0, to = first; i < count; i++, from += step, to += resultStep)
    result.data[to] =
      (weightA * (data[atA + from] ?? 0) +
        weightB * (data[atB + from] ?? 0) +
        weightC * (data[atC + from] ?? 0) +
        2) >>
      2;
}
