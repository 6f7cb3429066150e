import { codeRange, type Plane, type StreamFormat } from '../../frames';

/** Pixels a side of the blocks that are compared. */
const BLOCK = 16;
/** Mean difference of a block, in steps of 8 bits, that coding a held frame again leaves (x264 to CRF 30: below 1). */
const BLOCK_NOISE = 1.5;

/** Whether two frames of a stream show the same but for the noise of coding: no block of their luma differs by more. */
export function isSameFrame(a: readonly Plane[], b: readonly Plane[], stream: StreamFormat): boolean {
  const [first, second] = [a[0], b[0]];
  if (!first || !second) throw new Error('A frame without planes.');
  const { black, white } = codeRange(stream.format.bitDepth, stream.colour.range);
  const limit = (BLOCK_NOISE * (white - black)) / 219;
  for (let y = 0; y < first.height; y += BLOCK)
    for (let x = 0; x < first.width; x += BLOCK)
      if (blockDifference(first, second, x, y) > limit) return false;
  return true;
}

/** Mean difference of the samples of a block; the last ones of a plane may be smaller. */
function blockDifference(a: Plane, b: Plane, left: number, top: number): number {
  const right = Math.min(a.width, left + BLOCK);
  const bottom = Math.min(a.height, top + BLOCK);
  let sum = 0;
  for (let y = top; y < bottom; y++)
    for (let at = y * a.width + left, end = y * a.width + right; at < end; at++)
      sum += Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0));
  return sum / ((right - left) * (bottom - top));
}
