import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { compiledKernels } from '..';

const kernels = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'clearcut kernels '));
const hasCompiler = ['c++', 'g++', 'clang++', 'cl.exe'].some(
  (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined,
);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** As a process does that starts with this addon. */
async function loadWith(addon: string): Promise<typeof import('..')> {
  vi.stubEnv('CLEARCUT_ADDON', addon);
  vi.resetModules();
  return import('..');
}

describe('loadKernels', () => {
  it('falls back to the reference without the addon, and says how to mend it', async () => {
    const { loadKernels } = await loadWith(join(folder, 'nothing.node'));
    const { name, isa, threads, reason } = loadKernels();
    expect({ name, isa, threads }).toEqual({ name: 'reference', isa: 'TypeScript', threads: 1 });
    expect(reason).toContain('nothing.node is not there');
    expect(reason).toContain('and run node kernels/build.mjs');
    expect(() => loadKernels({ implementation: 'avx2' })).toThrow('There are no avx2 kernels');
  });

  it('falls back to the reference where the addon is damaged', async () => {
    const damaged = join(folder, 'damaged.node');
    writeFileSync(damaged, 'not a library');
    const { loadKernels } = await loadWith(damaged);
    const loaded = loadKernels();
    expect(loaded.name).toBe('reference');
    expect(loaded.reason).toContain('damaged.node could not be loaded');
    const target = new Float32Array(3);
    await loaded.planeToFloat(Uint8Array.of(1, 2, 3), target, 2, 1);
    expect([...target]).toEqual([3, 5, 7]);
  });

  it.skipIf(compiledKernels().length === 0)(
    'takes the fastest kernels, and refuses those of other processors',
    async () => {
      const { loadKernels } = await import('..');
      const loaded = loadKernels();
      expect(loaded.name).toBe(compiledKernels()[0]);
      expect(loaded.threads).toBeGreaterThan(0);
      const foreign = process.arch === 'arm64' ? 'avx2' : 'neon';
      expect(() => loadKernels({ implementation: foreign })).toThrow(`does not run the ${foreign} kernels`);
    },
  );
});

describe('build.mjs', () => {
  const copy = join(folder, 'package');

  function build(env: NodeJS.ProcessEnv): { readonly status: number | null; readonly said: string } {
    const run = spawnSync(process.execPath, [join(copy, 'kernels/build.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, CLEARCUT_REQUIRE_ADDON: '', ...env },
    });
    return { status: run.status, said: run.stdout + run.stderr };
  }

  mkdirSync(copy);
  cpSync(kernels, join(copy, 'kernels'), {
    recursive: true,
    filter: (path) => !/kernels.build(.|$)/.test(path) || path.endsWith('.mjs'),
  });
  symlinkSync(join(kernels, '../node_modules'), join(copy, 'node_modules'), 'junction');

  it.skipIf(process.platform === 'win32')(
    'lets the install go on without a compiler, unless the addon is required',
    () => {
      const without = { CXX: 'no-such-compiler' };
      expect(build(without)).toMatchObject({
        status: 0,
        said: expect.stringContaining('there is no C++ compiler') as string,
      });
      expect(build({ ...without, CLEARCUT_REQUIRE_ADDON: '1' }).status).toBe(1);
      expect(existsSync(join(copy, 'kernels/build/clearcut-kernels.node'))).toBe(false);
    },
  );

  it.skipIf(!hasCompiler)(
    'makes an addon that loads, once',
    async () => {
      expect(build({})).toEqual({ status: 0, said: '' });
      const { loadKernels } = await loadWith(join(copy, 'kernels/build/clearcut-kernels.node'));
      expect(loadKernels().name).not.toBe('reference');
      const made = statSync(join(copy, 'kernels/build/clearcut-kernels.node')).mtimeMs;
      expect(build({})).toEqual({ status: 0, said: '' });
      expect(statSync(join(copy, 'kernels/build/clearcut-kernels.node')).mtimeMs).toBe(made);
      // Half a minute of compiling, on a machine that may be busy with other things.
    },
    600_000,
  );
});
