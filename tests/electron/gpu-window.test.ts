import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { ClearcutApi } from '../../app/shared';
import { temporaryFolder } from '../support/media';
import { startMain } from './stand-in';

const bundle = new URL('../../out/main/index.js', import.meta.url);

describe('the window with the graphics cards', async () => {
  const { path, cleanUp } = await temporaryFolder();
  const electron = await startMain(bundle, [], join(path, 'userData'));
  electron.app.becomeReady();
  afterAll(async () => {
    for (const child of electron.engines) child.kill();
    await cleanUp();
  });
  const isGpuWindow = ({ webContents }: (typeof electron.windows)[number]): boolean =>
    webContents.mainFrame.url === 'clearcut://app/gpu.html';

  it('is never seen, has no rights but WebAssembly, and gives every engine a line of its own', async () => {
    await vi.waitFor(() => {
      expect(electron.windows.some(({ shown }) => shown)).toBe(true);
    });
    const page = electron.exposed['clearcut'] as ClearcutApi;
    await page.facts();
    const hidden = await vi.waitFor(() => {
      const found = electron.windows.find(isGpuWindow);
      expect(found?.webContents.ports).toHaveLength(electron.engines.length);
      return found!;
    });
    expect(hidden.shown).toBe(false);
    expect(hidden.options).toMatchObject({
      show: false,
      webPreferences: {
        ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, backgroundThrottling: false },
        preload: expect.stringMatching(/preload\/gpu\.cjs$/) as string,
      },
    });
    const policy = async (file: string): Promise<string | null> =>
      (await electron.fetchPage(`clearcut://app/${file}`)).headers.get('content-security-policy');
    expect(await policy('gpu.html')).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(await policy('index.html')).not.toContain('wasm');
  });

  it.skipIf(process.platform === 'darwin')('goes with the window that is seen', async () => {
    electron.windows.find((window) => !isGpuWindow(window))?.close();
    await vi.waitFor(() => {
      expect(electron.windows.find(isGpuWindow)?.closed).toBe(true);
    });
  });
});
