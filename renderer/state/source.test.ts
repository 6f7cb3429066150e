import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MediaInfo } from '../../app/shared';
import { FakeHost, info } from '../../tests/support/fake-host';
import { lastMoment } from './source.svelte';
import { Workspace } from './workspace';

describe('the file that is open', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('opens a file, shows a frame from inside it and suggests a place', async () => {
    await workspace.files.choose();
    expect(workspace.source.info?.path).toBe('/videos/clip.mp4');
    expect(host.calls).toEqual(['poster /videos/clip.mp4 2']);
    await vi.waitFor(() => {
      expect(workspace.source.poster).toMatch(/^blob:/);
    });
    expect([workspace.destination.folder, workspace.destination.name]).toEqual([
      '/videos',
      'clip-clearcut-2x.mp4',
    ]);
    expect(workspace.title).toBe('clip.mp4 – Clearcut');
  });

  it('keeps what was open when the dialog is dismissed', async () => {
    await workspace.files.choose();
    host.chosen = [];
    await workspace.files.choose();
    expect(workspace.source.info?.path).toBe('/videos/clip.mp4');
    expect(workspace.destination.path).not.toBe(null);
  });

  it('shows the sentence of a refused file, and recovers with the next one', async () => {
    // As the desktop's bridge hands it over: data, not an Error.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
    host.probing = () => Promise.reject({ code: 'not-media', message: 'clip.mp4 is no video.' });
    await workspace.files.choose();
    expect(workspace.source.phase).toMatchObject({ name: 'refused', error: { code: 'not-media' } });
    host.probing = async (path) => info(path);
    await workspace.files.drop([{ name: 'other.mov', size: 1 }]);
    expect(workspace.source.fileName).toBe('other.mov');
    expect(workspace.destination.name).toBe('other-clearcut-2x.mov');
  });

  it('lets the newest of two openings win, whichever answers first', async () => {
    let answerFirst: (value: MediaInfo) => void = () => undefined;
    host.probing = (path) =>
      path.includes('slow') ? new Promise((resolve) => (answerFirst = resolve)) : Promise.resolve(info(path));
    const slow = workspace.files.drop([{ name: 'slow.mp4', size: 1 }]);
    await workspace.files.drop([{ name: 'quick.mp4', size: 1 }]);
    answerFirst(info('/dropped/slow.mp4'));
    await slow;
    expect(workspace.source.fileName).toBe('quick.mp4');
    expect(workspace.destination.name).toBe('quick-clearcut-2x.mp4');
  });

  it('looks at other moments, as fast as frames come, and ends at the last', async () => {
    await workspace.files.choose();
    host.calls.length = 0;
    const { source } = workspace;
    const first = source.look(3);
    void source.look(4);
    await source.look(5);
    await first;
    expect(host.calls).toEqual(['poster /videos/clip.mp4 3', 'poster /videos/clip.mp4 5']);
  });

  it('can be looked at up to its last frame, though its sound may go on', () => {
    const { video, ...rest } = info('/videos/clip.mp4');
    const withoutCount = { ...video, frameCount: null };
    expect(lastMoment({ ...rest, durationSeconds: 9, video })).toBe(7.96);
    expect(lastMoment({ ...rest, video: withoutCount })).toBe(7.96);
    expect(lastMoment({ ...rest, video: { ...withoutCount, durationSeconds: 7.9999 } })).toBe(7.96);
    expect(lastMoment({ ...rest, video: { ...withoutCount, durationSeconds: 8.03 } })).toBe(7.96);
    // Frames that an edit list cuts off; a length that ends where the last frame begins.
    expect(lastMoment({ ...rest, video: { ...video, frameCount: 300 } })).toBe(7.96);
    expect(lastMoment({ ...rest, video: { ...video, durationSeconds: 7.96 } })).toBe(7.96);
    expect(lastMoment({ ...rest, video: { ...video, variableFrameRate: true, lastSeconds: 7.1 } })).toBe(7.1);
    expect(lastMoment({ ...rest, video: { ...video, durationSeconds: null, frameRate: null } })).toBe(8);
    expect(lastMoment({ ...rest, video: { ...video, durationSeconds: 0.04 } })).toBe(0);
  });
});
