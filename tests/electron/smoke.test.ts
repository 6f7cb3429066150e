import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../support/media';
import { startMain, type StandIn } from './stand-in';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('a package that is tried out', () => {
  let folder: string;
  let cleanUp: () => Promise<void>;
  let electron: StandIn;
  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
  });
  afterAll(async () => {
    for (const child of electron.engines) child.kill();
    await cleanUp();
  });

  it('says what is there, and ends', async () => {
    const said: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
    electron = await startMain(new URL('../../out/main/index.js', import.meta.url), ['--smoke-test'], folder);
    electron.app.becomeReady();
    await vi.waitFor(
      () => {
        expect(electron.app.exitCode).not.toBe(null);
      },
      { timeout: 60_000 },
    );
    write.mockRestore();
    const line = said.find((text) => text.startsWith('{"smoke"')) ?? '{}';
    const { smoke } = JSON.parse(line) as { smoke: { ok: boolean; models: number } };
    expect(smoke.models).toBeGreaterThan(0);
    expect(electron.app.exitCode).toBe(smoke.ok ? 0 : 1);
  });

  it('is weighed by a script that refuses what people would not want to download', async () => {
    const dist = join(folder, 'dist');
    await mkdir(dist);
    await writeFile(join(dist, 'clearcut-1-linux-x64.deb'), 'x');
    const check = (): string =>
      execFileSync(process.execPath, [join(root, 'scripts/check-packages.mjs'), dist], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(check()).toContain('0.0 MB');
    await writeFile(join(dist, 'clearcut-1-mac-arm64.dmg'), Buffer.alloc(201_000_000));
    expect(check).toThrow('larger than 200 MB');
  });
});

describe('the app alone', () => {
  // Names of XML and JSON dialects look like addresses; nobody asks there.
  it('talks to nobody: no address of the network stands in what it is made of', async () => {
    // web.dev stands in a warning of onnxruntime's.
    const allowed =
      /^https?:\/\/(?:127\.0\.0\.1|localhost|www\.w3\.org|svelte\.dev|json-schema\.org|web\.dev)\b/;
    for (const part of ['out/renderer/assets', 'out/preload', 'out/main']) {
      for (const name of await readdir(join(root, part))) {
        if (!/\.(?:js|cjs|css|html)$/.test(name)) continue;
        const text = await readFile(join(root, part, name), 'utf8');
        const addresses = [...text.matchAll(/https?:\/\/[a-z0-9][\w.-]+/gi)].map(([address]) => address);
        expect(
          addresses.filter((address) => !allowed.test(address)),
          `${part}/${name}`,
        ).toEqual([]);
      }
    }
  });
});
