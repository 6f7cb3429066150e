import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error a plain script without types
import { findWrongImports } from './check-layers.mjs';

const find = findWrongImports as (root: string, layers: readonly object[]) => string[];
const layers = [
  { folder: 'top', may: ['middle', 'ground/index'] },
  { folder: 'middle', may: ['ground'], never: ['electron'] },
  { folder: 'ground', may: [], never: ['node:'] },
];

describe('the layer checker', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'clearcut-layers-'));
    for (const { folder } of layers) await mkdir(join(root, folder));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function wrongWith(file: string, code: string): Promise<string[]> {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), code);
    return find(root, layers);
  }

  it.each([
    ['down to an index', 'top/a.ts', "import { x } from '../middle';"],
    ['down two steps', 'top/a.ts', "import type { x } from '../ground';"],
    ['within its folder', 'middle/inner/a.ts', "export * from '../b';"],
    ['a package', 'ground/a.ts', "import { z } from 'zod';"],
    ['a Node module in a test', 'ground/a.test.ts', "import { join } from 'node:path';"],
  ])('lets an import pass that goes %s', async (_, file, code) => {
    expect(await wrongWith(file, code)).toEqual([]);
  });

  it.each([
    ['up', 'ground/a.ts', "import { x } from '../top';"],
    ['past an index', 'top/a.ts', "import {\n  x,\n} from '../middle/inner';"],
    ['to a banned package', 'middle/a.ts', "import { app } from 'electron';"],
    ['to a banned module', 'ground/a.ts', "import 'node:fs';"],
    ['up, lazily', 'middle/a.ts', "const x = await import('../top');"],
    ['up, by re-export', 'middle/a.svelte', "<script>\n  export { x } from '../top';\n</script>"],
  ])('stops an import that goes %s', async (_, file, code) => {
    expect(await wrongWith(file, code)).toHaveLength(1);
  });
});
