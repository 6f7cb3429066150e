import { performance } from 'node:perf_hooks';

/** A measurement and its yardstick from the same run; the ratio is value over baseline. */
export interface KernelBenchRow {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: { readonly name: string; readonly value: number };
  readonly ratio: number;
}

export interface KernelBenchOptions {
  /** Every round runs all contenders once; figures are medians of the rounds. */
  readonly rounds?: number | undefined;
  readonly onProgress?: (line: string) => void;
}

/** Something that does the operations of a case once. */
export interface Contender {
  readonly name: string;
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Runs all contenders in turns, then closes them. */
export async function medianSeconds(
  contenders: readonly Contender[],
  rounds = 21,
): Promise<ReadonlyMap<Contender, number>> {
  const seconds = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  try {
    // The first round makes buffers and wakes threads.
    for (let round = -1; round < rounds; round++)
      for (const contender of contenders) {
        const start = performance.now();
        await contender.run();
        if (round >= 0) seconds.get(contender)?.push((performance.now() - start) / 1000);
      }
  } finally {
    for (const contender of contenders) await contender.close();
  }
  return new Map([...seconds].map(([contender, values]) => [contender, median(values)]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
