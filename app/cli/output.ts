import { CancelledError } from '../shared';
import { spawnEngine, type EngineClient } from '../engine';

/** What the process ends with; other tools rely on these. */
export const EXIT = { done: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/** One JSON document on stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Lines of text on stdout. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Columns padded to their widest cell; the last one is left as it is. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Runs `work` with an engine that is ended afterwards. Ctrl+C aborts `signal` once, for an orderly
 * end; a second one ends the process at once.
 */
export async function withEngine<T>(
  work: (engine: EngineClient, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.cancelled);
    abort.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const engine = spawnEngine();
  if (process.env['CLEARCUT_DEBUG']) engine.onLog((line) => process.stderr.write(`${line}\n`));
  try {
    return await work(engine, abort.signal);
  } finally {
    await engine.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** `promise`, or a `CancelledError` as soon as `signal` is aborted. */
export async function orCancelled<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => {
      reject(new CancelledError());
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
  return Promise.race([promise, aborted]);
}
