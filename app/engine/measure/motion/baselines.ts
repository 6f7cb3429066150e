import { filterRgb } from '../../media';
import { neighbours, timesOf, type Method, type MethodContext } from './method';
import type { Picture } from './picture';

/** The mean of both neighbours, each weighing the more the nearer it is; not rounded. */
export async function blend({ factor }: Pick<MethodContext, 'factor'>): Promise<Method> {
  return {
    description: 'mean of both neighbours',
    async *run({ frames }, clock) {
      for await (const { before, after } of neighbours(frames))
        for (const time of timesOf(factor))
          yield await clock.time((): Picture => {
            const data = new Float32Array(before.data.length);
            for (let index = 0; index < data.length; index++)
              data[index] = (1 - time) * (before.data[index] ?? 0) + time * (after.data[index] ?? 0);
            return { width: before.width, height: before.height, data };
          });
    },
  };
}

/** Deblurring's baseline: the frames as they come. */
export async function untouched(): Promise<Method> {
  return {
    description: 'the input as it is',
    async *run({ frames }) {
      yield* frames;
    },
  };
}

/**
 * By default the filter looks for scene cuts and makes no new frame where it sees one, which it does in large
 * motion (1.7 dB lost on Middlebury, 5.5 dB on DAVIS). The clips have none, so the search is off.
 */
const minterpolateBy = (factor: number): string => `minterpolate=fps=${factor}:mi_mode=mci:scd=none`;

/** ffmpeg's motion-compensated interpolation with its default settings but for the search for scene cuts. */
export async function minterpolate({ tools, signal, factor }: MethodContext): Promise<Method> {
  const filter = minterpolateBy(factor);
  return {
    description: `ffmpeg ${tools.ffmpeg.version}, ${filter}`,
    async *run({ frames, width, height }, clock) {
      let given = 0;
      async function* bytes(): AsyncGenerator<Uint8Array> {
        let last: Uint8Array | null = null;
        for await (const { data } of frames) {
          // The filter needs a frame more on both sides of each new one: both ends are repeated.
          if (!last) yield data;
          yield data;
          last = data;
          given++;
        }
        if (last) yield last;
      }
      const filtered = filterRgb(tools, bytes(), {
        ...{ filter, width, height, rate: 1, signal },
        onComputed: (seconds) => {
          clock.add(seconds);
        },
      });
      // So many for every frame, from the repeated one on: number `factor` is the first input, those after it are new.
      let index = 0;
      for await (const data of filtered) {
        const made = index - factor;
        if (made > 0 && made % factor !== 0 && made < factor * (given - 1)) yield { width, height, data };
        index++;
      }
    },
  };
}
