import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../app/shared';
import { FakeHost, progress, result } from '../../../tests/support/fake-host';
import { sentenceOf } from '../plain-error';
import { Workspace } from '.';

describe('an export', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('follows a job to its end, in the title, for screen readers, and before against after', async () => {
    await workspace.files.choose();
    await workspace.exports.start();
    expect([workspace.exports.step, workspace.queue.open]).toEqual(['running', 1]);
    const { announcer } = workspace;
    const { entry } = workspace.exports;
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
    await workspace.files.drop([{ name: 'else.mp4', size: 1 }]);
    expect([workspace.source.fileName, workspace.exports.step]).toEqual(['else.mp4', 'settings']);
    await workspace.files.show('/videos/clip.mp4');
    expect(workspace.exports.step).toBe('running');

    const output = host.requests[0]?.output ?? '';
    host.set('item 1', { state: 'done', result: result(output) });
    expect([workspace.exports.step, workspace.title]).toEqual(['done', 'Done – clip.mp4 – Clearcut']);
    await vi.waitFor(() => {
      expect(workspace.comparison.after).toMatch(/^blob:/);
    });
    expect(host.calls.slice(-2)).toEqual(['poster /videos/clip.mp4 2', `poster ${output} 2`]);
    await workspace.exports.reveal();
    expect(host.calls.at(-1)).toBe(`reveal ${output}`);
    await workspace.exports.backToSettings();
    expect([workspace.exports.step, workspace.comparison.after]).toEqual(['settings', null]);
    expect(Object.values(host.kept.speeds)[0]).toBeCloseTo(20 / ((640 * 360 * 200) / 1e6));
  });

  it('is asked for the part between in and out', async () => {
    await workspace.files.choose();
    const { player } = workspace;
    player.seek(1);
    player.setIn();
    player.seek(3);
    player.setOut();
    await workspace.exports.start();
    expect(host.requests[0]).toMatchObject({ start: 1, end: 3.02 });
    expect(workspace.exports.entry?.seconds).toBeCloseTo(2.02);
  });

  it('is of all files at once, as far as each can have it', async () => {
    host.probing = async (path) => {
      const { info } = await import('../../../tests/support/fake-host');
      if (path.includes('bad')) throw new UserError('not-media', 'No video.');
      return info(path, path.endsWith('.png') ? 'still' : 'video');
    };
    await workspace.files.drop(
      ['a.mp4', 'b.mp4', 'bad.mp4', 'c.png', 'a.mp4'].map((name) => ({ name, size: 1 })),
    );
    await workspace.edits.change(({ chain }) => {
      chain.add('smooth');
    });
    await workspace.exports.startAll();
    expect(host.requests.map(({ input, stages }) => [input, stages.map(({ kind }) => kind)])).toEqual([
      ['/dropped/a.mp4', ['interpolate', 'enhance']],
      ['/dropped/b.mp4', ['interpolate', 'enhance']],
      ['/dropped/c.png', ['enhance']],
    ]);
    expect([workspace.view, workspace.tray.usable.length]).toEqual(['queue', 3]);
    await workspace.files.show('/dropped/b.mp4');
    expect(workspace.exports.step).toBe('running');
  });

  it('can be changed while it waits, and takes its settings back into the window', async () => {
    await workspace.files.choose();
    await workspace.edits.change((settings) => {
      settings.enhance.size = 3;
      settings.chain.add('slow');
      settings.codec = 'hevc';
    });
    await workspace.exports.start();
    await workspace.edits.change((settings) => {
      settings.enhance.size = 2;
      settings.chain.remove('slow');
    });
    const [entry] = workspace.queue.entries;
    await workspace.exports.edit(entry!);
    const { settings } = workspace;
    expect([settings.chain.kinds, settings.enhance.size, settings.codec]).toEqual([
      ['slow', 'enhance'],
      3,
      'hevc',
    ]);
    expect([workspace.exports.step, workspace.destination.name]).toEqual([
      'settings',
      'clip-clearcut-slow4x-3x.mp4',
    ]);
    await workspace.edits.change(({ motion }) => (motion.slow = 2));
    await workspace.exports.start();
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
    expect([workspace.exports.editing, workspace.view]).toEqual([null, 'queue']);
  });

  it('says why it could not be queued, and why it failed, and tries again', async () => {
    await workspace.files.choose();
    host.adding = () => Promise.reject(new UserError('disk-full', 'The disk is full.'));
    await workspace.exports.start();
    expect([workspace.exports.step, workspace.queue.trouble?.message]).toEqual([
      'settings',
      'The disk is full.',
    ]);
    host.adding = async (wishes) => host.accept(wishes);
    await workspace.exports.start();
    expect(workspace.queue.trouble).toBe(null);
    host.set('item 1', { state: 'failed', error: { code: 'bad-result', message: 'Black.' } });
    expect([workspace.exports.step, workspace.title]).toEqual(['failed', 'Failed – clip.mp4 – Clearcut']);
    await workspace.exports.retry();
    expect(host.commands.at(-1)).toEqual({ kind: 'release', ids: ['item 1'] });
    host.set('item 1', { state: 'failed', error: { code: 'output-exists', message: 'Taken.' } });
    host.suggestOutput = async () => '/videos/clip-clearcut-2x-2.mp4';
    await workspace.exports.retry();
    expect(host.requests.at(-1)?.output).toBe('/videos/clip-clearcut-2x-2.mp4');
    expect(
      sentenceOf({
        code: 'unsupported-output',
        message: "h264 can't: choose --codec ffv1 or leave out --crf.",
      }),
    ).toBe("h264 can't: choose Codec ffv1 or leave out Quality (CRF).");
    await workspace.files.close();
    expect([workspace.source.phase.name, workspace.title]).toEqual(['empty', 'Clearcut']);
  });
});
