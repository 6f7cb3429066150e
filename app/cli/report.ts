import type { EngineClient } from '../engine';
import { orCancelled, print, printJson, withEngine } from './output';

/** Has the engine measure something, which takes minutes, and prints what came out: as JSON, or as `describe` words it. */
export async function report<T>(
  measure: (engine: EngineClient) => Promise<T>,
  { json, describe }: { readonly json: boolean | undefined; readonly describe: (result: T) => string[] },
): Promise<void> {
  const result = await withEngine((engine, signal) => {
    // Who looks on sees it move.
    if (process.stderr.isTTY && !process.env['CLEARCUT_DEBUG'])
      engine.onLog((line) => process.stderr.write(`${line}\n`));
    return orCancelled(measure(engine), signal);
  });
  if (json) printJson(result);
  else print(...describe(result));
}
