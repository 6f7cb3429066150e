import { describe, expect, it } from 'vitest';
import { processKernels } from '../../runtime';
import { MotionSynthesizer, type ReadyPicture, type Synthesizer } from '../../stages';
import type { RgbImage } from '../read-image';
import { psnrOf, squaredError } from './frame-scores';
import { inverseSearch } from './inverse-search';
import { ComputeClock, type Shot } from './method';
import { rounded } from './picture';
import { synthesized, type Wanted } from './synthesized';

const compiled = processKernels().name !== 'reference';

/** Shows everything one picture late, one level brighter; what moves of it is the right half. */
class LateSynthesizer implements Synthesizer {
  readonly window = { past: 0, future: 1 };
  readonly calls: string[] = [];
  #late: ReadyPicture[] = [];
  #pushed = 0;

  async *push(picture: Float32Array, times: readonly number[]): AsyncGenerator<ReadyPicture> {
    this.calls.push(`push ${times.join()}`);
    const index = this.#pushed++;
    const brighter = picture.map((value) => value + 1 / 255);
    const still = Uint8Array.from({ length: picture.length / 3 }, (_, at) => (at % 2 === 0 ? 255 : 0));
    const ready = { since: 0, still };
    yield* this.#late;
    this.#late = [
      ...times.map((time) => ({ ...ready, index: index - 1, time, picture: brighter })),
      { ...ready, index, time: 0, picture: index === 0 ? null : brighter },
    ];
  }

  async *flush(): AsyncGenerator<ReadyPicture> {
    this.calls.push('flush');
    yield* this.#late;
  }

  reset(): void {
    this.calls.push('reset');
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }
}

async function* frames(...values: readonly number[]): AsyncGenerator<RgbImage> {
  for (const value of values)
    yield { width: 2, height: 1, data: Uint8Array.from({ length: 6 }, () => value) };
}

async function run(
  synthesizer: Synthesizer,
  wanted: Wanted,
  ...values: readonly number[]
): Promise<number[][]> {
  const found = [];
  const clock = new ComputeClock();
  for await (const { data } of synthesized(synthesizer, { frames: frames(...values) }, wanted, clock))
    found.push([data[0] ?? 0, data[3] ?? 0]);
  expect(clock.seconds).toBeGreaterThan(0);
  return found;
}

describe('a synthesizer’s pictures', () => {
  it('are one between each two, however late; where nothing moves the pushed one stays', async () => {
    const synthesizer = new LateSynthesizer();
    expect(await run(synthesizer, [0.5], 10, 20, 255)).toEqual([
      [10, 21],
      [20, 255],
    ]);
    expect(synthesizer.calls).toEqual(['push ', 'push 0.5', 'push 0.5', 'flush', 'reset']);
  });

  it('are one for each where it makes them sharp, as it was where it is shown as it is', async () => {
    const synthesizer = new LateSynthesizer();
    expect(await run(synthesizer, 'pushed', 10, 20, 30)).toEqual([
      [10, 10],
      [20, 21],
      [30, 31],
    ]);
    expect(synthesizer.calls).toEqual(['push ', 'push ', 'push ', 'flush', 'reset']);
  });

  it.skipIf(!compiled)('by motion alone are close to the baseline’s, one between each two', async () => {
    const [width, height] = [64, 48];
    async function* shifting(): AsyncGenerator<RgbImage> {
      for (let time = 0; time < 3; time++) {
        const value = (index: number): number =>
          128 + 90 * Math.sin((Math.trunc(index / 3) % width) / 5 - time) * Math.cos(index / 12 / width);
        yield { width, height, data: Uint8Array.from({ length: 3 * width * height }, (_, at) => value(at)) };
      }
    }
    const shot = (): Shot => ({ width, height, frames: shifting() });
    const synthesizer = new MotionSynthesizer({ width, height, finestScale: 0 });
    const made = synthesized(synthesizer, shot(), [0.5], new ComputeClock());
    const baseline = await inverseSearch({ factor: 2 });
    for await (const expected of baseline.run(shot(), new ComputeClock())) {
      const next = await made.next();
      if (next.done) throw new Error('Too few frames.');
      expect(psnrOf(squaredError(next.value, rounded(expected)))).toBeGreaterThan(30);
    }
    expect((await made.next()).done).toBe(true);
    await synthesizer.close();
  });
});
