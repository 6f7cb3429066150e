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

/** Contenders that do the same on one instruction set each, the portable one last: it is the yardstick. */
export async function benchAgainstPortable(
  work: {
    readonly group: string;
    readonly threads: number;
    readonly operations: number;
    readonly contenders: readonly Contender[];
  },
  { rounds, onProgress }: KernelBenchOptions,
): Promise<readonly KernelBenchRow[]> {
  const { threads, operations, contenders } = work;
  const group = `${work.group}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  onProgress?.(group);
  const seconds = await medianSeconds(contenders, rounds);
  const speed = (contender: Contender): number => operations / (seconds.get(contender) ?? NaN) / 1e9;
  const portable = contenders.at(-1);
  return contenders.flatMap((contender) => {
    if (!portable || contender === portable) return [];
    const value = speed(contender);
    const baseline = { name: portable.name, value: speed(portable) };
    return [{ group, name: contender.name, value, unit: 'G ops/s', baseline, ratio: value / baseline.value }];
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
