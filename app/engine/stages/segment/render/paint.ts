import type { Plane, StreamFormat } from '../../../frames';
import { processKernels } from '../../../runtime';
import type { Matte } from '../instances';
import { chromaCoverage } from './chroma-coverage';
import { clipMatte } from './coverage';
import { coveredRegion, planeView } from './kernel-views';
import { MatteMemory } from './matte-memory';
import type { ColourCodes } from './stream-colour';

/** Lays a colour over a picture where `matte` covers it, `opacity` (0 to 1) at most. */
export async function paint(
  planes: readonly Plane[],
  stream: StreamFormat,
  matte: Matte,
  colour: ColourCodes,
  opacity: number,
  memory = new MatteMemory(),
): Promise<void> {
  const inside = clipMatte(matte, stream.width, stream.height, memory);
  if (inside.data.length === 0) return;
  const chroma = colour.length > 1 ? await chromaCoverage(inside, stream, memory) : inside;
  await Promise.all(
    colour.map(async (code, index) => {
      const plane = planes[index];
      const own = index === 0 ? inside : chroma;
      if (plane)
        await processKernels().paint({ plane: planeView(plane), matte: coveredRegion(own), code, opacity });
    }),
  );
}
