import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeHost, progress } from '../../../tests/support/fake-host';
import { Workspace } from '../workspace';
import { queueLeft, waitingLeft, type QueueLeft } from '.';

describe('the list of the queue', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(async () => {
    host = new FakeHost();
    workspace = new Workspace(host);
    await workspace.files.drop(['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'].map((name) => ({ name, size: 1 })));
    await workspace.exports.startAll();
  });
  const names = (): string => workspace.queue.entries.map(({ name }) => name[0]).join('');

  it('is ordered by what is selected, up, down and to the ends', async () => {
    const { queue } = workspace;
    const move = (by: 'up' | 'down' | 'top' | 'bottom', ...ids: readonly string[]): Promise<void> =>
      queue.edits.shift(ids, by);
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

  const back = async (): Promise<string> => {
    await workspace.queue.edits.history.undo();
    return names();
  };
  const again = async (): Promise<string> => {
    await workspace.queue.edits.history.redo();
    return names();
  };

  it('is ordered as before where that is taken back, and anew where it is made again', async () => {
    const { edits } = workspace.queue;
    await edits.move(['item 4', 'item 1', 'item 3'], 'item 2');
    expect(names()).toBe('acdb');
    await edits.shift(['item 3'], 'top');
    expect(names()).toBe('cadb');
    expect([await back(), await back(), await again(), await again()]).toEqual([
      ...['acdb', 'abcd', 'acdb', 'cadb'],
    ]);
    expect(edits.history.last?.name).toBe('order');
  });

  it('records nothing where a move moves nothing', async () => {
    const { edits } = workspace.queue;
    await edits.shift(['item 1'], 'up');
    await edits.move(['item 2'], 'item 3');
    expect(edits.history.last).toBe(null);
    expect(host.commands.filter(({ kind }) => kind === 'move')).toEqual([]);
  });

  it('has jobs back that were taken out, where they stood', async () => {
    const { edits } = workspace.queue;
    host.set('item 2', { state: 'done' });
    host.set('item 4', { state: 'done' });
    await edits.clearDone();
    await edits.remove(['item 3']);
    expect(names()).toBe('a');
    expect([await back(), await back(), await again(), await back()]).toEqual(['ac', 'abcd', 'ac', 'abcd']);
    expect(workspace.queue.get('item 2')?.state).toBe('done');
  });

  it('takes settings of jobs back, and leaves alone what has begun', async () => {
    const { queue } = workspace;
    host.set('item 3', { state: 'held' });
    await workspace.edits.change(({ enhance }) => (enhance.size = 4));
    await workspace.exports.apply(queue.entries.slice(1));
    const scales = (): unknown[] =>
      queue.entries.map(({ stages: [stage] }) => stage?.kind === 'enhance' && stage.scale);
    expect(scales()).toEqual([2, 4, 4, 4]);
    host.set('item 2', { state: 'running' });
    await back();
    expect(scales()).toEqual([2, 4, 2, 2]);
    expect(queue.entries.map(({ state }) => state)).toEqual(['waiting', 'running', 'held', 'waiting']);
    await again();
    expect(scales()).toEqual([2, 4, 4, 4]);
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
