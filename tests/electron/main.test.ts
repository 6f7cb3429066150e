import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClearcutApi, JobRequest, QueueChange, QueueItem } from '../../app/shared';
import { splitJpegs } from '../../app/shared';
import { ffprobe, makeClip, temporaryFolder } from '../support/media';
import { StandInEvent, startMain, type StandIn, type StandInWindow } from './stand-in';

const bundle = new URL('../../out/main/index.js', import.meta.url);

let folder: string;
let cleanUp: () => Promise<void>;
let clip: string;
let electron: StandIn;
let window: StandInWindow;
const changes: QueueChange[] = [];
const opened: string[] = [];
const commands: string[] = [];

const page = (): ClearcutApi => electron.exposed['clearcut'] as ClearcutApi;

beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  clip = await makeClip(join(folder, 'clip one.mp4'), { rate: 10, seconds: 2 });
  electron = await startMain(
    bundle,
    ['--some-switch', clip, join(folder, 'missing.mp4')],
    join(folder, 'userData'),
  );
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
    page().onOpen((paths) => opened.push(...paths));
    page().onQueueChange((change) => changes.push(change));
    page().onCommand((command) => commands.push(command));
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

/** Queues a job, as the window does. */
async function start(wanted: JobRequest): Promise<string> {
  const wishes = [{ request: wanted, source: null }];
  const [id] = await page().changeQueue({ kind: 'add', wishes });
  return id ?? '';
}

async function item(id: string): Promise<QueueItem> {
  const { items } = await page().queue();
  const found = items.find((one) => one.id === id);
  if (!found) throw new Error(`There is no job ${id}.`);
  return found;
}

/** The job once it is in one of these states. */
async function reached(id: string, ...states: readonly QueueItem['state'][]): Promise<QueueItem> {
  return vi.waitFor(
    async () => {
      const found = await item(id);
      expect(states).toContain(found.state);
      return found;
    },
    { timeout: 100_000 },
  );
}

const drop = async (path: string): Promise<string> => {
  const [found] = await page().pathsOfDrop([{ name: 'clip', size: 1, realPath: path } as never]);
  return found ?? '';
};

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

describe('the desktop app', () => {
  it('opens what stands on the command line, in a second start, in the menu and on the icon', async () => {
    await vi.waitFor(() => {
      expect(opened).toEqual([clip]);
    });
    const other = await makeClip(join(folder, 'other.mp4'), { seconds: 0.2 });
    electron.app.emit('second-instance', {}, [], '', { words: ['other.mp4', '--x'], folder });
    await vi.waitFor(() => {
      expect(opened).toEqual([clip, other]);
    });
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
    await vi.waitFor(() => {
      expect(opened).toHaveLength(4);
    });
    expect(electron.app.recent).toContain(other);
    expect(await page().recent()).toEqual([other, clip]);
    expect(await page().openRecent(clip)).toBe(clip);
  });

  it('does a whole job: look, choose a place, export, show it in its folder', async () => {
    expect(await page().host()).toMatchObject({ kind: 'desktop', canReveal: true });
    expect((await page().facts()).backend.name).toBe('cpu');
    expect(await page().probe(clip)).toMatchObject({ path: clip, video: { width: 64, height: 48 } });
    expect(
      Buffer.from(await page().poster(clip, 0.5, 64))
        .subarray(0, 2)
        .toString(),
    ).toBe('BM');

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

    expect((await page().space(chosen)).freeBytes).toBeGreaterThan(0);
    const id = await start(request(clip, chosen));
    expect(await reached(id, 'done', 'failed')).toMatchObject({
      state: 'done',
      result: { output: chosen, width: 128, frames: 20 },
    });
    expect(await page().queueLog(id)).toMatch(/Started[^]*Done/);
    const { streams } = await ffprobe(chosen, '-show_streams', '-count_packets');
    expect(streams).toMatchObject([
      { codec_name: 'h264', width: 128, height: 96, nb_read_packets: '20' },
      { codec_name: 'aac' },
    ]);
    await page().reveal(chosen);
    expect(electron.revealed).toEqual([chosen]);
    // Out of the window into another program: the result, and nothing beside it, as long as it is there.
    await page().startDrag([chosen]);
    const { drags } = window.webContents;
    expect(drags).toEqual([{ file: chosen, files: [chosen], icon: expect.anything() as unknown }]);
    await expect(page().startDrag([chosen, clip])).rejects.toMatchObject({ code: 'no-such-file' });
    expect([drags.length, await page().resultAddress(chosen)]).toEqual([1, null]);
    // The taskbar followed, and the machine may sleep again.
    expect(window.progress.some(({ mode }) => mode !== undefined)).toBe(true);
    expect(window.progress.at(-1)).toEqual({ fraction: -1, mode: undefined });
    expect(electron.blockers.size).toBe(0);
    // One word for the queue, and the window asks for attention.
    await vi.waitFor(() => {
      expect(electron.notifications.at(-1)).toMatchObject({
        shown: true,
        options: { title: 'The queue is done', body: '1 video exported.' },
      });
    });
    expect([window.flashed, electron.app.badge]).toEqual([true, 0]);
    electron.notifications.at(-1)?.emit('click');
    expect(electron.revealed).toEqual([chosen, chosen]);
  });

  it('takes folders apart into the media files below them', async () => {
    const tree = join(folder, 'tree');
    await mkdir(join(tree, 'b'), { recursive: true });
    await mkdir(join(tree, '.hidden'));
    for (const name of ['a 10.mp4', 'a 9.mp4', 'notes.txt', 'b/日本語.mkv', '.hidden/c.mp4']) {
      await writeFile(join(tree, name), 'x');
    }
    const dropped = await page().pathsOfDrop([{ name: 'tree', size: 0, realPath: tree } as never]);
    expect(dropped.map((path) => path.slice(tree.length + 1)).toSorted()).toEqual([
      'a 10.mp4',
      'a 9.mp4',
      'b/日本語.mkv',
    ]);
  });

  it('previews a frame beside all else, and gives what a player needs', async () => {
    const events: string[] = [];
    page().onJobEvent((event) => events.push(`${event.type} ${event.jobId}`));
    const id = await page().startPreview({ input: clip, stages: TWICE, start: 0.5, end: 0.6, still: true });
    await vi.waitFor(
      () => {
        expect(events).toContain(`done ${id}`);
      },
      { timeout: 60_000 },
    );
    const bmp = Buffer.from(await page().takePreviewFrame(id));
    // Its header: twice as wide and high as the clip.
    expect([bmp.readUInt32LE(18), bmp.readUInt32LE(22)]).toEqual([128, 96]);
    await expect(page().takePreview(id)).rejects.toMatchObject({ code: 'no-such-file' });

    const frames = splitJpegs(
      await page().frames({ path: clip, start: 0, seconds: 1, rate: 10, maxWidth: 64 }),
    );
    expect(frames).toHaveLength(10);
    const peaks = await page().peaks({ path: clip, start: 0, seconds: 2, count: 20 });
    expect([peaks.length, Math.max(...peaks) > 0]).toEqual([20, true]);
    const sound = Buffer.from(await page().sound({ path: clip, start: 0, seconds: 1 }));
    expect(sound.subarray(0, 4).toString()).toBe('RIFF');
    expect(electron.engines.map(({ options }) => options.serviceName)).toEqual([
      'Clearcut preview',
      'Clearcut export',
    ]);
  });

  it('follows the preferences: menu, appearance, and nothing that is not known', async () => {
    await page().changePreferences({ language: 'zh', theme: 'dark' });
    expect(electron.menu.map(({ label }) => label)).toContain('文件(&F)');
    expect(electron.nativeTheme.themeSource).toBe('dark');
    await page().changePreferences({ language: 'auto', theme: 'auto' });
    expect(electron.menu.map(({ label }) => label)).toContain('&File');
    const kept = JSON.parse(await readFile(join(folder, 'userData', 'preferences.json'), 'utf8')) as {
      theme: string;
    };
    expect(kept.theme).toBe('auto');
    const view = electron.menu.find(({ label }) => label === '&View');
    view?.submenu?.find(({ label }) => label === 'Queue')?.click?.();
    expect(commands).toEqual(['queue']);
    // No address is known to this build: it asks nobody.
    expect((await page().host()).updates).toBe(false);
    await expect(page().checkForUpdates()).rejects.toMatchObject({ code: 'bad-usage' });
  });

  it('takes presets out of a file and writes them to one, of older versions too', async () => {
    const path = join(folder, 'presets.json');
    await writeFile(path, JSON.stringify([{ version: 1, name: 'old', title: 'Old', help: '', enhance: 2 }]));
    electron.answers.push({ canceled: false, filePaths: [path] });
    const presets = await page().importPresets();
    expect(presets).toMatchObject([{ name: 'old', enhance: 2 }]);
    electron.answers.push({ canceled: false, filePath: join(folder, 'out.json') });
    expect(await page().exportPresets(presets ?? [])).toBe(true);
    electron.answers.push({ canceled: false, filePaths: [join(folder, 'out.json')] });
    expect(await page().importPresets()).toEqual(presets);
    await writeFile(path, '[{"version":99}]');
    electron.answers.push({ canceled: false, filePaths: [path] });
    await expect(page().importPresets()).rejects.toMatchObject({ code: 'damaged-input' });
  });

  it('replaces a file only where the user said so in the dialog', async () => {
    const suggested = await page().suggestOutput(clip, TWICE, 'h264');
    await writeFile(suggested, 'appeared meanwhile');
    expect(await reached(await start(request(clip, suggested, true)), 'failed')).toMatchObject({
      error: { code: 'output-exists' },
    });
    await page().changeQueue({ kind: 'remove', ids: (await page().queue()).items.map(({ id }) => id) });
    expect(await readFile(suggested, 'utf8')).toBe('appeared meanwhile');
    electron.answers.push({ canceled: false, filePath: suggested });
    expect(await page().chooseOutput(suggested)).toBe(suggested);
    expect(await reached(await start(request(clip, suggested, true)), 'done', 'failed')).toMatchObject({
      state: 'done',
    });
    electron.answers.push({ canceled: true, filePath: '' });
    expect(await page().chooseOutput(suggested)).toBe(null);
  });

  it('says so when the engine dies, and has a new one for the next job', async () => {
    const long = await drop(
      await makeClip(join(folder, 'long.mp4'), { width: 320, height: 240, seconds: 30 }),
    );
    const id = await start(request(long, await page().suggestOutput(long, TWICE, 'h264')));
    await reached(id, 'running');
    await vi.waitFor(
      () => {
        expect(changes.some((change) => change.type === 'progress' && change.id === id)).toBe(true);
      },
      { timeout: 60_000 },
    );
    const dead = electron.engines.findLast(({ options }) => options.serviceName === 'Clearcut export');
    process.kill(dead?.pid ?? 0, 'SIGKILL');
    expect(await reached(id, 'failed')).toMatchObject({ error: { code: 'engine-lost' } });
    await vi.waitFor(() => {
      expect(electron.blockers.size).toBe(0);
    });
    expect(await page().probe(clip)).toMatchObject({ kind: 'video' });
    await page().changeQueue({ kind: 'release', ids: [id] });
    await reached(id, 'running');
    await page().changeQueue({ kind: 'cancel', ids: [id] });
    await reached(id, 'cancelled');
    expect(electron.engines).toHaveLength(3);
  });

  it('leaves room for other work: the job goes on in an engine that comes last', async () => {
    const long = await drop(join(folder, 'long.mp4'));
    const id = await start(request(long, await page().suggestOutput(long, TWICE, 'h264')));
    await reached(id, 'running');
    const { settings } = await page().queue();
    await page().changeQueue({ kind: 'settings', settings: { ...settings, leaveRoom: true } });
    await reached(id, 'running');
    await vi.waitFor(
      () => {
        const newest = electron.engines.at(-1);
        expect(newest?.options.env?.['CLEARCUT_LEAVE_ROOM']).toBe('1');
        expect(getPriority(newest?.pid ?? 0)).toBeGreaterThan(getPriority());
      },
      { timeout: 60_000 },
    );
    await page().changeQueue({ kind: 'settings', settings: { ...settings, leaveRoom: false } });
    await page().changeQueue({ kind: 'remove', ids: [id] });
  });

  it('lets exports stand still on battery where that is wanted, and the machine sleep', async () => {
    const long = await drop(join(folder, 'long.mp4'));
    const { settings } = await page().queue();
    await page().changeQueue({ kind: 'settings', settings: { ...settings, waitForMains: true } });
    const id = await start(request(long, await page().suggestOutput(long, TWICE, 'h264')));
    await reached(id, 'running');
    await vi.waitFor(() => expect(electron.blockers.size).toBe(1), { timeout: 60_000 });
    electron.power.emit('on-battery');
    await vi.waitFor(() => expect(electron.blockers.size).toBe(0));
    expect(await page().queue()).toMatchObject({ onBattery: true });
    electron.power.emit('on-ac');
    await vi.waitFor(() => expect(electron.blockers.size).toBe(1));
    await page().changeQueue({ kind: 'settings', settings });
    await page().changeQueue({ kind: 'remove', ids: [id] });
  });

  it('asks before it is closed over a running export, and keeps what is finished', async () => {
    const long = await drop(join(folder, 'long.mp4'));
    const id = await start(request(long, await page().suggestOutput(long, TWICE, 'h264')));
    await vi.waitFor(
      () => {
        expect(electron.blockers.size).toBe(1);
        expect(changes.some((change) => change.type === 'progress' && change.id === id)).toBe(true);
      },
      { timeout: 60_000 },
    );
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
    // The next start finds the job where it was.
    const kept = JSON.parse(await readFile(join(folder, 'userData', 'queue.json'), 'utf8')) as {
      items: { id: string; state: string }[];
    };
    expect(kept.items.find((one) => one.id === id)?.state).toBe('waiting');
  });
});
