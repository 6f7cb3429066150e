import type { FrameInstances } from '../../../frames';
import { clipMatte } from './coverage';
import { MatteMemory } from './matte-memory';
import type { Matte } from '../instances';

/** Coverage by any of the objects, over the part of the picture that they touch: what all leave free multiplies. */
export function unionMatte({ width, height, instances }: FrameInstances, memory = new MatteMemory()): Matte {
  const mattes = instances
    .map(({ matte }) => clipMatte(matte, width, height, memory))
    .filter((matte) => matte.data.length > 0);
  const [only] = mattes;
  if (!only) return memory.empty(0, 0, 0, 0);
  if (mattes.length === 1) return only;
  const x0 = Math.min(...mattes.map(({ x }) => x));
  const y0 = Math.min(...mattes.map(({ y }) => y));
  const x1 = Math.max(...mattes.map((matte) => matte.x + matte.width));
  const y1 = Math.max(...mattes.map((matte) => matte.y + matte.height));
  const union = memory.empty(x0, y0, x1 - x0, y1 - y0);
  for (const matte of mattes)
    for (let row = 0; row < matte.height; row++) {
      const from = row * matte.width;
      const to = (matte.y - y0 + row) * union.width + matte.x - x0;
      for (let column = 0; column < matte.width; column++) {
        const cover = matte.data[from + column] ?? 0;
        if (cover === 0) continue;
        const old = union.data[to + column] ?? 0;
        union.data[to + column] = old === 0 ? cover : 255 - Math.round(((255 - old) * (255 - cover)) / 255);
      }
    }
  return union;
}
