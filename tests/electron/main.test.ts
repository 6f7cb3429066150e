import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClearcutApi, JobEvent, JobRequest } from '../../app/shared';
import { ffprobe, makeClip, temporaryFolder } from '../support/media';
import { StandInEvent, startMain, type StandIn, type StandInWindow } from './stand-in';

const bundle = new URL('../../out/main/index.js', import.meta.url);

let folder: string;
let cleanUp: () => Promise<void>;
let clip: string;
let electron: StandIn;
let window: StandInWindow;
const events: JobEvent[] = [];
const opened: string[] = [];

const page = (): ClearcutApi => electron.exposed['clearcut'] as ClearcutApi;

beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  clip = await makeClip(join(folder, 'clip one.mp4'), { rate: 10, seconds: 2 });
  electron = await startMain(bundle, ['--some-switch', clip, join(folder, 'missing.mp4')]);
  // What must be done before Electron is ready has been done by now.
  expect(electron.app.calls).toEqual([
    'enableSandbox',
    'setAppUserModelId',
    'requestSingleInstanceLock',
    'whenReady',
  ]);
  expect(electron.schemes).toEqual([
    { scheme: 'clearcut', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  expect(electron.windows).toEqual([]);
  electron.pageScript = () => {
    page().onOpen((path) => opened.push(path));
    page().onJobEvent((event) => events.push(event));
  };
  electron.app.becomeReady();
  await vi.waitFor(() => {
    expect(electron.windows[0]?.shown).toBe(true);
  });
  window = electron.windows[0] as StandInWindow;
});
afterAll(async () => {
  for (const child of electron.engines) child.kill();
  await cleanUp();
});

const TWICE = [{ kind: 'enhance', scale: 2 }] as const;

function request(input: string, output: string, overwrite = false): JobRequest {
  return {
    input,
    output,
    stages: TWICE,
    codec: 'h264',
    backend: 'auto',
    overwrite,
    resume: true,
  };
}

async function ending(jobId: string): Promise<JobEvent> {
  return vi.waitFor(
    () => {
      const event = events.findLast((one) => one.jobId === jobId);
      if (!event || event.type === 'progress' || event.type === 'note') throw new Error('still running');
      return event;
    },
    { timeout: 100_000 },
  );
}

const drop = (path: string): Promise<string> =>
  page().pathOfDrop({ name: 'clip', size: 1, realPath: path } as never);

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
      'chooseInput',
      'chooseOutput',
      'facts',
      'host',
      'models',
      'onJobEvent',
      'onOpen',
      'pathOfDrop',
      'pause',
      'poster',
      'probe',
      'reveal',
      'start',
      'startPreview',
      'suggestOutput',
      'takePreview',
      'unpause',
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
    await expect(page().start({ input: clip } as never)).rejects.toMatchObject({ code: 'bad-usage' });
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
    }
    expect(electron.revealed).toEqual([]);
    await expect(page().pathOfDrop({ name: 'no file', size: 1 })).rejects.toMatchObject({
      code: 'not-media',
    });
    await expect(page().start(request(clip, join(folder, 'anywhere.mp4')))).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });
});

describe('the desktop app', () => {
  it('opens what stands on the command line, in a second start, in the menu and on the icon', async () => {
    await vi.waitFor(() => {
      expect(opened).toEqual([clip]);
    });
    const other = await makeClip(join(folder, 'other.mp4'), { seconds: 0.2 });
    electron.app.emit('second-instance', {}, [], '', { words: ['other.mp4', '--x'], folder });
    expect(opened).toEqual([clip, other]);
    expect(window.focused).toBe(1);

    electron.answers.push({ canceled: false, filePaths: [clip] });
    const open = electron.menu
      .flatMap(({ submenu }) => submenu ?? [])
      .find(({ label }) => label === '&Open…');
    open?.click?.();
    await vi.waitFor(() => {
      expect(opened).toEqual([clip, other, clip]);
    });

    const event = new StandInEvent();
    electron.app.emit('open-file', event, other);
    expect(event.prevented).toBe(true);
    expect(opened).toHaveLength(4);
    expect(electron.app.recent).toContain(other);
  });

  it('does a whole job: look, choose a place, export, show it in its folder', async () => {
    expect(await page().host()).toMatchObject({ kind: 'desktop', canReveal: true });
    expect((await page().facts()).backend.name).toBe('cpu');
    expect(await page().probe(clip)).toMatchObject({ path: clip, video: { width: 64, height: 48 } });
    expect(
      Buffer.from(await page().poster(clip, 0.5, 64))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');

    const suggested = await page().suggestOutput(clip, TWICE, 'h264');
    expect(suggested).toBe(join(folder, 'clip one-clearcut-2x.mp4'));
    await mkdir(join(folder, 'films'));
    const chosen = join(folder, 'films', 'mine.mkv');
    electron.answers.push({ canceled: false, filePath: chosen });
    expect(await page().chooseOutput(suggested)).toBe(chosen);
    expect(electron.asked.at(-1)).toMatchObject({
      kind: 'save',
      options: { defaultPath: suggested, properties: ['showOverwriteConfirmation', 'createDirectory'] },
    });

    const jobId = await page().start(request(clip, chosen));
    expect(await ending(jobId)).toMatchObject({
      type: 'done',
      result: { output: chosen, width: 128, frames: 20 },
    });
    const { streams } = await ffprobe(chosen, '-show_streams', '-count_packets');
    expect(streams).toMatchObject([
      { codec_name: 'h264', width: 128, height: 96, nb_read_packets: '20' },
      { codec_name: 'aac' },
    ]);
    await page().reveal(chosen);
    expect(electron.revealed).toEqual([chosen]);
    // The taskbar followed, and the machine may sleep again.
    expect(window.progress.some(({ mode }) => mode !== undefined)).toBe(true);
    expect(window.progress.at(-1)).toEqual({ fraction: -1, mode: undefined });
    expect(electron.blockers.size).toBe(0);
  });

  it('replaces a file only where the user said so in the dialog', async () => {
    const suggested = await page().suggestOutput(clip, TWICE, 'h264');
    await writeFile(suggested, 'appeared meanwhile');
    await expect(page().start(request(clip, suggested, true))).rejects.toMatchObject({
      code: 'output-exists',
    });
    expect(await readFile(suggested, 'utf8')).toBe('appeared meanwhile');
    electron.answers.push({ canceled: false, filePath: suggested });
    expect(await page().chooseOutput(suggested)).toBe(suggested);
    expect(await ending(await page().start(request(clip, suggested, true)))).toMatchObject({ type: 'done' });
    electron.answers.push({ canceled: true, filePath: '' });
    expect(await page().chooseOutput(suggested)).toBe(null);
  });

  it('says so when the engine dies, and has a new one for the next job', async () => {
    const long = await drop(
      await makeClip(join(folder, 'long.mp4'), { width: 320, height: 240, seconds: 30 }),
    );
    const jobId = await page().start(request(long, await page().suggestOutput(long, TWICE, 'h264')));
    process.kill(electron.engines.at(-1)?.pid ?? 0, 'SIGKILL');
    expect(await ending(jobId)).toMatchObject({ type: 'failed', error: { code: 'engine-lost' } });
    expect(electron.blockers.size).toBe(0);
    expect(await page().probe(clip)).toMatchObject({ kind: 'video' });
    expect(electron.engines).toHaveLength(2);
  });

  it('asks before it is closed over a running export, and keeps what is finished', async () => {
    const long = await drop(join(folder, 'long.mp4'));
    const jobId = await page().start(request(long, await page().suggestOutput(long, TWICE, 'h264')));
    await vi.waitFor(() => {
      expect(electron.blockers.size).toBe(1);
    });
    electron.answers.push({ response: 0 });
    expect(window.close()).toBe(false);
    await vi.waitFor(() => {
      expect(electron.answers).toEqual([]);
    });
    expect(electron.asked.at(-1)).toMatchObject({
      kind: 'message',
      options: { buttons: ['Keep working', 'Stop and quit'], defaultId: 0, cancelId: 0 },
    });
    expect(window.closed).toBe(false);

    electron.answers.push({ response: 1 });
    expect(window.close()).toBe(false);
    await electron.app.hasQuit;
    expect(window.closed).toBe(true);
    expect(electron.engines.at(-1)?.pid).toBeUndefined();
    expect(events.filter((event) => event.jobId === jobId && event.type === 'done')).toEqual([]);
  });
});
