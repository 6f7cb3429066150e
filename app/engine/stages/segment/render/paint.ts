import type { Plane, StreamFormat } from '../../../frames';
import type { Matte } from '../instances';
import { chromaCoverage } from './chroma-coverage';
import { clipMatte } from './coverage';
import type { ColourCodes } from './stream-colour';

/** Lays a colour over a picture where `matte` covers it, `opacity` (0 to 1) at most. */
export function paint(
  planes: readonly Plane[],
  stream: StreamFormat,
  matte: Matte,
  colour: ColourCodes,
  opacity: number,
): void {
  const inside = clipMatte(matte, stream.width, stream.height);
  if (inside.width === 0 || inside.height === 0) return;
  const chroma = colour.length > 1 ? chromaCoverage(inside, stream) : inside;
  colour.forEach((code, index) => {
    const plane = planes[index];
    if (plane) paintPlane(plane, index === 0 ? inside : chroma, code, opacity / 255);
  });
}

function paintPlane(plane: Plane, matte: Matte, code: number, scale: number): void {
  const { data, width } = plane;
  for (let row = 0; row < matte.height; row++) {
    const from = row * matte.width;
    const to = (matte.y + row) * width + matte.x;
    for (let column = 0; column < matte.width; column++) {
      const cover = matte.data[from + column] ?? 0;
      if (cover === 0) continue;
      const old = data[to + column] ?? 0;
      data[to + column] = old + (code - old) * cover * scale + 0.5;
    }
  }
}
