import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { temporaryFolder } from './media';

/** Gives the tests of a file, or of a `describe`, a folder that is gone after them; returns what names paths in it. */
export function scratchFolder(): (...names: readonly string[]) => string {
  let folder = '';
  let cleanUp: (() => Promise<void>) | null = null;
  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
  });
  afterAll(() => cleanUp?.());
  return (...names) => join(folder, ...names);
}
