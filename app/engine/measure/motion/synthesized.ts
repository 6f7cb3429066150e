import type { ReadyPicture, Synthesizer } from '../../stages';
import { toPlanar, type RgbImage } from '../read-image';
import type { ComputeClock, Shot } from './method';
import { rounded } from './picture';

/** What of a synthesizer's pictures is measured: those at these times between each two, or each pushed one as it is shown. */
export type Wanted = readonly number[] | 'pushed';

/** Frames that a synthesizer makes of a shot, as the product shows them: rounded to 8 bits, a few in memory at a time. */
export async function* synthesized(
  synthesizer: Synthesizer,
  { frames }: Pick<Shot, 'frames'>,
  wanted: Wanted,
  clock: ComputeClock,
): AsyncGenerator<RgbImage> {
  const pushed = new Map<number, RgbImage>();
  async function* measured(ready: AsyncIterable<ReadyPicture>): AsyncGenerator<RgbImage> {
    for await (const one of clock.iterate(ready)) {
      for (const old of pushed.keys()) if (old < one.index) pushed.delete(old);
      const own = pushed.get(one.index);
      if (!own) throw new Error(`Picture ${one.index} was shown before it was pushed.`);
      if (one.time > 0 === (wanted !== 'pushed')) yield shown(one, own);
    }
  }
  let count = 0;
  for await (const frame of frames) {
    const times = wanted !== 'pushed' && count > 0 ? wanted : [];
    pushed.set(count++, frame);
    yield* measured(synthesizer.push(toPlanar(frame), times));
  }
  yield* measured(synthesizer.flush());
  synthesizer.reset();
}

/** The made picture, and the pushed one where nothing moves. */
function shown({ picture, still }: ReadyPicture, own: RgbImage): RgbImage {
  if (picture === null) return own;
  const { width, height } = own;
  const plane = width * height;
  const data = new Float32Array(3 * plane);
  for (let index = 0; index < plane; index++) {
    const kept = (still?.[index] ?? 0) / 255;
    for (let channel = 0; channel < 3; channel++) {
      const made = 255 * Math.min(1, Math.max(0, picture[channel * plane + index] ?? 0));
      data[3 * index + channel] = made + kept * ((own.data[3 * index + channel] ?? 0) - made);
    }
  }
  return rounded({ width, height, data });
}
