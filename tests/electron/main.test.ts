import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { splitJpegs } from '../../app/shared';
import { ffprobe, makeClip } from '../support/media';
import { StandInEvent } from './stand-in';
import {
  TWICE,
  changes,
  clip,
  commands,
  drop,
  electron,
  folder,
  opened,
  page,
  reached,
  request,
  start,
  startForAll,
  window,
} from './started-main';

startForAll();

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
