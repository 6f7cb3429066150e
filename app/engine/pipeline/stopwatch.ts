import type { StageTimings } from '../../shared';

/** Seconds spent in each part of the pipeline. Parts overlap, so they add up to more than the clock. */
export class Stopwatch {
  readonly #seconds = new Map<string, number>();

  /** The time `work` takes goes to `part`. */
  async time<T>(part: string, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await work();
    } finally {
      this.#seconds.set(part, this.seconds(part) + (performance.now() - from) / 1000);
    }
  }

  /** As `source`; waiting for it goes to `part`. */
  async *iterate<T>(part: string, source: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.time(part, () => iterator.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  seconds(part: string): number {
    return this.#seconds.get(part) ?? 0;
  }

  timings(stages: readonly string[]): StageTimings {
    return {
      decode: this.seconds('decode'),
      stages: Object.fromEntries(stages.map((stage) => [stage, this.seconds(stage)])),
      encode: this.seconds('encode'),
    };
  }
}
