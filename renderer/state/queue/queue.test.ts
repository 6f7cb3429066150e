import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../app/shared';
import { FakeHost, progress, result } from '../../../tests/support/fake-host';
import { sentenceOf } from '../plain-error';
import { Workspace } from '../workspace.svelte';
import { queueLeft, waitingLeft, type QueueLeft } from '.';

describe('an export', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('follows a job to its end, in the title, for screen readers, and before against after', async () => {
    await workspace.choose();
    await workspace.export();
    expect([workspace.step, workspace.queue.open]).toEqual(['running', 1]);
    const { entry, announcer } = workspace;
    expect(entry?.item.source).toMatchObject({ width: 640, height: 360, seconds: 8, frames: 200 });
    host.set('item 1', { state: 'running' });
    expect([workspace.title, announcer.spoken]).toEqual([
      'Starting – clip.mp4 – Clearcut',
      'Export started.',
    ]);
    host.tellQueue({ type: 'progress', id: 'another', progress: progress({ fraction: 0.9 }) });
    expect(entry?.percent).toBe(null);
    host.tellQueue({ type: 'progress', id: 'item 1', progress: progress({ fraction: 0.05 }) });
    expect([workspace.title, announcer.spoken]).toEqual(['5 % – clip.mp4 – Clearcut', 'Export started.']);
    host.tellQueue({
      type: 'progress',
      id: 'item 1',
      progress: progress({ fraction: 0.42, etaSeconds: 700 }),
    });
    expect([entry?.words, announcer.spoken]).toEqual([
      '42 percent, about 12 min left',
      '42 percent, about 12 min left',
    ]);
    host.tellQueue({
      type: 'progress',
      id: 'item 1',
      progress: progress({ fraction: 0.44, etaSeconds: 600 }),
    });
    expect(announcer.spoken).toBe('42 percent, about 12 min left');
    host.tellQueue({ type: 'note', id: 'item 1', note: 'A subtitle was left out.' });
    expect(entry?.notes).toEqual(['A subtitle was left out.']);

    // Another file can be opened meanwhile; this one is as it was when one comes back.
    await workspace.drop([{ name: 'else.mp4', size: 1 }]);
    expect([workspace.source.fileName, workspace.step]).toEqual(['else.mp4', 'settings']);
    await workspace.show('/videos/clip.mp4');
    expect(workspace.step).toBe('running');

    const output = host.requests[0]?.output ?? '';
    host.set('item 1', { state: 'done', result: result(output) });
    expect([workspace.step, workspace.title]).toEqual(['done', 'Done – clip.mp4 – Clearcut']);
    await vi.waitFor(() => {
      expect(workspace.comparison.after).toMatch(/^blob:/);
    });
    expect(host.calls.slice(-2)).toEqual(['poster /videos/clip.mp4 2', `poster ${output} 2`]);
    await workspace.reveal();
    expect(host.calls.at(-1)).toBe(`reveal ${output}`);
    await workspace.backToSettings();
    expect([workspace.step, workspace.comparison.after]).toEqual(['settings', null]);
    expect(Object.values(host.kept.speeds)[0]).toBeCloseTo(20 / ((640 * 360 * 200) / 1e6));
  });

  it('is asked for the part between in and out', async () => {
    await workspace.choose();
    const { player } = workspace;
    player.seek(1);
    player.setIn();
    player.seek(3);
    player.setOut();
    await workspace.export();
    expect(host.requests[0]).toMatchObject({ start: 1, end: 3.02 });
    expect(workspace.entry?.seconds).toBeCloseTo(2.02);
  });

  it('is of all files at once, as far as each can have it', async () => {
    host.probing = async (path) => {
      const { info } = await import('../../../tests/support/fake-host');
      if (path.includes('bad')) throw new UserError('not-media', 'No video.');
      return info(path, path.endsWith('.png') ? 'still' : 'video');
    };
    await workspace.drop(['a.mp4', 'b.mp4', 'bad.mp4', 'c.png', 'a.mp4'].map((name) => ({ name, size: 1 })));
    await workspace.change(({ chain }) => {
      chain.add('smooth');
    });
    await workspace.exportAll();
    expect(host.requests.map(({ input, stages }) => [input, stages.map(({ kind }) => kind)])).toEqual([
      ['/dropped/a.mp4', ['interpolate', 'enhance']],
      ['/dropped/b.mp4', ['interpolate', 'enhance']],
      ['/dropped/c.png', ['enhance']],
    ]);
    expect([workspace.view, workspace.tray.usable.length]).toEqual(['queue', 3]);
    await workspace.show('/dropped/b.mp4');
    expect(workspace.step).toBe('running');
  });

  it('can be changed while it waits, and takes its settings back into the window', async () => {
    await workspace.choose();
    await workspace.change((settings) => {
      settings.enhance.size = 3;
      settings.chain.add('slow');
      settings.codec = 'hevc';
    });
    await workspace.export();
    await workspace.change((settings) => {
      settings.enhance.size = 2;
      settings.chain.remove('slow');
    });
    const [entry] = workspace.queue.entries;
    await workspace.edit(entry!);
    const { settings } = workspace;
    expect([settings.chain.kinds, settings.enhance.size, settings.codec]).toEqual([
      ['slow', 'enhance'],
      3,
      'hevc',
    ]);
    expect([workspace.step, workspace.outputName]).toEqual(['settings', 'clip-clearcut-slow4x-3x.mp4']);
    await workspace.change(({ motion }) => (motion.slow = 2));
    await workspace.export();
    expect(host.commands.at(-1)).toMatchObject({
      kind: 'change',
      id: 'item 1',
      wish: {
        request: {
          stages: [
            { kind: 'interpolate', slow: 2 },
            { kind: 'enhance', scale: 3 },
          ],
        },
      },
    });
    expect([workspace.editing, workspace.view]).toEqual([null, 'queue']);
  });

  it('says why it could not be queued, and why it failed, and tries again', async () => {
    await workspace.choose();
    host.adding = () => Promise.reject(new UserError('disk-full', 'The disk is full.'));
    await workspace.export();
    expect([workspace.step, workspace.queue.trouble?.message]).toEqual(['settings', 'The disk is full.']);
    host.adding = async (wishes) => host.accept(wishes);
    await workspace.export();
    expect(workspace.queue.trouble).toBe(null);
    host.set('item 1', { state: 'failed', error: { code: 'bad-result', message: 'Black.' } });
    expect([workspace.step, workspace.title]).toEqual(['failed', 'Failed – clip.mp4 – Clearcut']);
    await workspace.retry();
    expect(host.commands.at(-1)).toEqual({ kind: 'release', ids: ['item 1'] });
    host.set('item 1', { state: 'failed', error: { code: 'output-exists', message: 'Taken.' } });
    host.suggestOutput = async () => '/videos/clip-clearcut-2x-2.mp4';
    await workspace.retry();
    expect(host.requests.at(-1)?.output).toBe('/videos/clip-clearcut-2x-2.mp4');
    expect(
      sentenceOf({
        code: 'unsupported-output',
        message: "h264 can't: choose --codec ffv1 or leave out --crf.",
      }),
    ).toBe("h264 can't: choose Codec ffv1 or leave out Quality (CRF).");
    await workspace.closeFile();
    expect([workspace.source.phase.name, workspace.title]).toEqual(['empty', 'Clearcut']);
  });
});

describe('the list of the queue', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(async () => {
    host = new FakeHost();
    workspace = new Workspace(host);
    await workspace.drop(['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'].map((name) => ({ name, size: 1 })));
    await workspace.exportAll();
  });
  const names = (): string => workspace.queue.entries.map(({ name }) => name[0]).join('');

  it('is ordered by what is selected, up, down and to the ends', async () => {
    const { queue } = workspace;
    const move = async (by: 'up' | 'down' | 'top' | 'bottom', ...ids: readonly string[]): Promise<void> => {
      await queue.shift(ids, by);
      const command = host.commands.at(-1);
      if (command?.kind === 'move') host.tellQueue({ type: 'moved', ids, before: command.before });
    };
    expect(names()).toBe('abcd');
    await move('up', 'item 3');
    expect(names()).toBe('acbd');
    await move('down', 'item 1');
    expect(names()).toBe('cabd');
    await move('bottom', 'item 3', 'item 1');
    expect(names()).toBe('bdca');
    await move('top', 'item 1');
    expect(names()).toBe('abdc');
    await move('up', 'item 1');
    await move('down', 'item 3');
    expect(names()).toBe('abdc');
  });

  it('selects one, a stretch, and all that is shown', () => {
    const { queue } = workspace;
    queue.select('item 2', true);
    queue.selectTo('item 4');
    expect([...queue.selected]).toEqual(['item 2', 'item 3', 'item 4']);
    host.set('item 1', { state: 'failed', error: { code: 'internal', message: 'x' } });
    queue.filter = 'failed';
    queue.selectAll(true);
    expect([...queue.selected]).toEqual(['item 1']);
    host.tellQueue({ type: 'removed', ids: ['item 1'] });
    expect([queue.selected.size, queue.entries.length]).toEqual([0, 3]);
    queue.selectAll(false);
    expect(queue.shown).toEqual([]);
  });

  it('keeps rows where a whole new list comes, and what they know', () => {
    const { queue } = workspace;
    host.set('item 2', { state: 'running' });
    host.tellQueue({ type: 'progress', id: 'item 2', progress: progress({ fraction: 0.5 }) });
    const entry = queue.get('item 2');
    host.tellQueue({
      type: 'snapshot',
      snapshot: {
        settings: { ...queue.settings, paused: true },
        onBattery: false,
        items: host.items.slice(1),
        progress: { id: 'item 2', progress: progress({ fraction: 0.6 }) },
      },
    });
    expect([names(), queue.get('item 2') === entry, entry?.percent, queue.settings.paused]).toEqual([
      'bcd',
      true,
      60,
      true,
    ]);
    expect(queue.get('item 1')).toBe(null);
  });

  it('tells how long it takes, and of how many jobs it can not', () => {
    const { queue } = workspace;
    const [first] = queue.entries;
    const speeds = { [JSON.stringify([first!.stages, 'h264'])]: 2 };
    const each = (2 * 640 * 360 * 200) / 1e6;
    const left = (known: Readonly<Record<string, number>>): QueueLeft =>
      queueLeft(waitingLeft(queue.entries, known), queue.running, known);
    expect(left({})).toEqual({ seconds: null, unknown: 4 });
    expect(left(speeds).seconds).toBeCloseTo(4 * each);
    host.set('item 1', { state: 'running' });
    host.tellQueue({ type: 'progress', id: 'item 1', progress: progress({ etaSeconds: 10 }) });
    host.set('item 2', { state: 'done' });
    host.set('item 3', { fraction: 0.5 });
    expect(left(speeds).seconds).toBeCloseTo(10 + each * 1.5);
  });

  it('counts down before the machine is put to sleep', async () => {
    vi.useFakeTimers();
    await workspace.queue.set({ whenDone: 'sleep' });
    host.tellQueue({ type: 'ended', end: { done: 4, failed: 0, output: null } });
    expect(workspace.countdown.left).toBe(60);
    vi.advanceTimersByTime(59_000);
    expect(host.calls).not.toContain('sleep');
    workspace.countdown.stop();
    host.tellQueue({ type: 'ended', end: { done: 4, failed: 0, output: null } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(host.calls).toContain('sleep');
    vi.useRealTimers();
  });
});
