import { chromaSite, type StreamFormat } from '../../../frames';
import { processKernels } from '../../../runtime';
import type { Matte } from '../instances';
import { MatteMemory } from './matte-memory';

/** Lines of luma beside a chroma sample's first one, and their weights in quarters, by where chroma lies between the two lines that it stands for. */
const TAPS: ReadonlyMap<number, { readonly lines: readonly number[]; readonly weights: readonly number[] }> =
  new Map([
    [0, { lines: [-1, 0, 1], weights: [1, 2, 1] }],
    [0.5, { lines: [0, 1, 1], weights: [2, 2, 0] }],
    [1, { lines: [0, 1, 2], weights: [1, 2, 1] }],
  ]);

/**
 * A matte as chroma samples see it: where chroma is subsampled, the mean of the luma samples around
 * its place. `matte` lies inside the picture; beyond its edge there is nothing, beyond the picture's
 * its edge counts.
 */
export async function chromaCoverage(
  matte: Matte,
  { width, height, format, colour }: StreamFormat,
  memory = new MatteMemory(),
): Promise<Matte> {
  const { chromaShiftX, chromaShiftY } = format;
  const [siteX, siteY] = chromaSite(colour.chromaLocation);
  const across = chromaShiftX === 0 ? matte : await halved(matte, siteX, 'across', width, memory);
  return chromaShiftY === 0 ? across : halved(across, siteY, 'down', height, memory);
}

/** Lines of one direction taken together in twos. `length` is how many of them the picture has. */
async function halved(
  matte: Matte,
  site: number,
  direction: 'across' | 'down',
  length: number,
  memory: MatteMemory,
): Promise<Matte> {
  const down = direction === 'down';
  const { lines: taps, weights } = TAPS.get(site) ?? { lines: [0, 1, 1], weights: [2, 2, 0] };
  const start = down ? matte.y : matte.x;
  const count = down ? matte.height : matte.width;
  // Of a sample beside the matte half the taps may still reach it.
  const from = Math.max(0, (start - 1) >> 1);
  const to = Math.max(from, Math.min((length + 1) >> 1, ((start + count + 1) >> 1) + 1));
  const result = down
    ? memory.empty(matte.x, from, matte.width, to - from)
    : memory.empty(from, matte.y, to - from, matte.height);
  if (result.data.length === 0 || matte.data.length === 0) return result;
  const places = new Int32Array(3 * (to - from));
  for (let line = from; line < to; line++)
    for (const [tap, offset] of taps.entries()) {
      const place = Math.max(0, Math.min(length - 1, 2 * line + offset)) - start;
      places[3 * (line - from) + tap] = place >= 0 && place < count ? place : -1;
    }
  await processKernels().halve({
    ...{ source: matte.data, width: matte.width, height: matte.height },
    ...{ target: result.data, lines: to - from, down },
    weights: Uint8Array.from(weights),
    places,
  });
  return result;
}
