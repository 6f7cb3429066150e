import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeClip } from '../support/media';
import { StandInEvent } from './stand-in';
import { TWICE, clip, electron, folder, page, request, start, startForAll, window } from './started-main';

startForAll();

describe('the window', () => {
  it('gives the page a sandbox, a world of its own and no Node', () => {
    const { preload, ...rest } = window.options.webPreferences;
    expect(preload).toBe(fileURLToPath(new URL('../../out/preload/index.cjs', import.meta.url)));
    expect(rest).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      spellcheck: false,
    });
    expect(window.shown).toBe(true);
    expect(window.webContents.mainFrame.url).toBe('clearcut://app/index.html');
  });

  it('shows the page the contract and nothing else', () => {
    expect(Object.keys(electron.exposed)).toEqual(['clearcut']);
    expect(Object.keys(page()).sort()).toEqual([
      'cancel',
      'changePreferences',
      'changeQueue',
      'checkForUpdates',
      'chooseInputs',
      'chooseOutput',
      'exportPresets',
      'facts',
      'forgetRecent',
      'frames',
      'host',
      'importPresets',
      'models',
      'onCommand',
      'onJobEvent',
      'onOpen',
      'onQueueChange',
      'openRecent',
      'pathsOfDrop',
      'peaks',
      'poster',
      'preferences',
      'probe',
      'queue',
      'queueLog',
      'recent',
      'resultAddress',
      'reveal',
      'sleep',
      'sound',
      'space',
      'startDrag',
      'startObjects',
      'startPreview',
      'suggestOutput',
      'takePreview',
      'takePreviewFrame',
    ]);
  });

  it('stays where it is: no navigation, no new window, no webview', () => {
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      const event = new StandInEvent();
      window.webContents.emit(name, event, 'https://example.com/');
      expect(event.prevented, name).toBe(true);
    }
    expect(window.webContents.windowOpenHandler?.({ url: 'https://example.com/' })).toEqual({
      action: 'deny',
    });
  });

  it('grants what stands in the table, to its own page, and nothing else', () => {
    const own = 'clearcut://app/index.html';
    const requested = (permission: string, requestingUrl: string): boolean => {
      let answer: boolean | null = null;
      electron.permission.request?.(
        ...([null, permission, (granted: boolean) => (answer = granted), { requestingUrl }] as never[]),
      );
      return answer ?? false;
    };
    const checked = (permission: string, origin: string): unknown =>
      electron.permission.check?.(...([null, permission, origin, {}] as never[]));
    expect(requested('clipboard-sanitized-write', own)).toBe(true);
    expect(checked('clipboard-sanitized-write', 'clearcut://app/')).toBe(true);
    for (const permission of [
      'media',
      'geolocation',
      'clipboard-read',
      'openExternal',
      'hid',
      'constructor',
    ]) {
      expect(requested(permission, own), permission).toBe(false);
      expect(checked(permission, own), permission).toBe(false);
    }
    for (const address of ['https://example.com/', 'clearcut://other/', 'file:///etc/passwd', '', 'null']) {
      expect(requested('clipboard-sanitized-write', address), address).toBe(false);
      expect(checked('clipboard-sanitized-write', address), address).toBe(false);
    }
    expect(electron.permission.device?.()).toBe(false);
  });
});

describe('clearcut://', () => {
  it('serves the built window with a strict policy', async () => {
    const answer = await electron.fetchPage('clearcut://app/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const html = await answer.text();
    for (const [, path] of html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) {
      expect((await electron.fetchPage(`clearcut://app/${path}`)).status, path).toBe(200);
    }
  });

  it('serves nothing outside its folder, for no host but its own', async () => {
    const root = fileURLToPath(new URL('../../out/renderer', import.meta.url));
    const outside = join(folder, 'outside.js');
    await writeFile(outside, 'secret');
    const link = join(root, 'assets', 'link-out.js');
    await symlink(outside, link).catch(() => undefined);
    for (const url of [
      'clearcut://app/../main/index.js',
      'clearcut://app/%2e%2e/main/index.js',
      'clearcut://app/%2e%2e%2fmain%2findex.js',
      'clearcut://app/..%5cmain%5cindex.js',
      'clearcut://app/assets/link-out.js',
      'clearcut://app/C:/Windows/win.ini',
      'clearcut://app//server/share/x.js',
      'clearcut://app/%5c%5cserver%5cshare%5cx.js',
      'clearcut://app/index.html%00.js',
      'clearcut://app/%E0%A4%A',
      'clearcut://app/assets',
      'clearcut://app/missing.js',
    ]) {
      const { status } = await electron.fetchPage(url);
      expect(status, url).toBe(404);
    }
    expect((await electron.fetchPage('clearcut://other/index.html')).status).toBe(403);
    expect((await electron.fetchPage('clearcut://app/index.html', 'POST')).status).toBe(403);
    await rm(link, { force: true });
  });
});

describe('calls from pages', () => {
  it('are answered to the main frame of its own page alone', async () => {
    const { webContents } = window;
    const frame = webContents.mainFrame;
    const forged = [
      { sender: webContents, senderFrame: null },
      { sender: webContents, senderFrame: { url: 'https://example.com/' } },
      { sender: webContents, senderFrame: { url: frame.url } },
      { sender: { mainFrame: frame }, senderFrame: { url: frame.url } },
      ...['https://example.com/', 'clearcut://other/', 'file:///index.html', 'about:blank'].map((url) => {
        const other = { url };
        return { sender: { mainFrame: other }, senderFrame: other };
      }),
    ];
    for (const channel of electron.handlers.keys()) {
      for (const event of forged) {
        await expect(electron.invoke(channel, [], event), channel).rejects.toThrow('window alone');
      }
    }
  });

  it('are parsed before they are believed', async () => {
    await expect(page().probe(7 as never)).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(page().poster(clip, -1, 100)).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(
      page().changeQueue({ kind: 'add', wishes: [{ request: { input: clip }, source: null }] } as never),
    ).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(page().changePreferences({ theme: 'pink' } as never)).rejects.toMatchObject({
      code: 'bad-usage',
    });
    await expect(page().suggestOutput(clip, TWICE, 'exe' as never)).rejects.toMatchObject({
      code: 'bad-usage',
    });
  });

  it('reach the main process in one place', async () => {
    const root = fileURLToPath(new URL('../../app/main', import.meta.url));
    const users: string[] = [];
    for (const name of await readdir(root)) {
      if (/\bipcMain\b/.test(await readFile(join(root, name), 'utf8'))) users.push(name);
    }
    expect(users).toEqual(['ipc.ts']);
  });

  it('name only files that the user opened', async () => {
    const secret = await makeClip(join(folder, 'secret.mp4'), { seconds: 0.2 });
    for (const path of ['/etc/passwd', secret]) {
      await expect(page().probe(path)).rejects.toMatchObject({ code: 'no-such-file' });
      await expect(page().poster(path, 0, 100)).rejects.toMatchObject({ code: 'no-such-file' });
      await expect(page().suggestOutput(path, TWICE, 'h264')).rejects.toMatchObject({ code: 'no-such-file' });
      await expect(page().reveal(path)).rejects.toMatchObject({ code: 'no-such-file' });
      await expect(page().startDrag([path])).rejects.toMatchObject({ code: 'no-such-file' });
      await expect(page().openRecent(path)).rejects.toMatchObject({ code: 'no-such-file' });
      await expect(page().peaks({ path, start: 0, seconds: 1, count: 1 })).rejects.toMatchObject({
        code: 'no-such-file',
      });
    }
    expect([electron.revealed, window.webContents.drags]).toEqual([[], []]);
    await expect(page().startDrag([])).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(page().pathsOfDrop([{ name: 'no file', size: 1 }])).rejects.toMatchObject({
      code: 'not-media',
    });
    await expect(start(request(clip, join(folder, 'anywhere.mp4')))).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });
});
