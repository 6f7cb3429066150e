import { beforeEach, describe, expect, it, vi } from 'vitest';
import { findPreset } from '../../app/shared';
import { FakeHost, result } from '../../tests/support/fake-host';
import { Workspace } from './workspace';

/** The second around where the window looks at first. */
const PART = { input: '/videos/clip.mp4', start: 1.5, end: 2.5, of: {} };

describe('a preview', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('previews a second before and after, until something changes', async () => {
    await workspace.files.choose();
    await workspace.edits.change(() => {
      workspace.settings.usePreset(findPreset('slow-4x')!);
    });
    const { preview } = workspace.looks;
    const making = workspace.looks.makePreview();
    await vi.waitFor(() => {
      expect(host.previews).toHaveLength(1);
    });
    host.tell({ type: 'done', jobId: 'preview 1', result: result('/tmp/1.mp4') });
    await vi.waitFor(() => {
      expect(host.previews).toHaveLength(2);
    });
    host.tell({ type: 'done', jobId: 'preview 2', result: result('/tmp/2.mp4') });
    await making;
    expect(host.previews).toEqual([
      { ...PART, stages: [{ kind: 'enhance', fit: { width: 640, height: 360 } }] },
      { ...PART, stages: [{ kind: 'interpolate', slow: 4 }] },
    ]);
    expect(host.calls.filter((call) => call.startsWith('take'))).toEqual([
      'take preview 1',
      'take preview 2',
    ]);
    expect(preview.phase).toMatchObject({ name: 'ready', after: expect.stringMatching(/^blob:/) as string });
    expect(workspace.exports.step).toBe('settings');
    await workspace.edits.change((settings) => (settings.crf = 30));
    expect(preview.phase.name).toBe('ready');
    await workspace.edits.change(({ motion }) => (motion.slow = 2));
    expect(preview.phase.name).toBe('idle');
  });

  it('stops a preview that is no longer wanted, and says why one failed', async () => {
    await workspace.files.choose();
    const { preview } = workspace.looks;
    const first = workspace.looks.makePreview();
    await vi.waitFor(() => {
      expect(host.previews).toHaveLength(1);
    });
    workspace.player.seek(7.9);
    expect([preview.phase.name, host.calls.includes('cancel preview 1')]).toEqual(['idle', true]);
    host.tell({ type: 'cancelled', jobId: 'preview 1' });
    await first;
    expect(preview.phase.name).toBe('idle');
    const second = workspace.looks.makePreview();
    await vi.waitFor(() => {
      expect(host.previews).toHaveLength(2);
    });
    // The last second, where less than half of one is left.
    expect(host.previews[1]).toMatchObject({ start: 7, end: 8 });
    host.tell({ type: 'failed', jobId: 'preview 2', error: { code: 'disk-full', message: 'Full.' } });
    await second;
    expect(preview.phase).toMatchObject({ name: 'failed', error: { message: 'Full.' } });
    await workspace.exports.start();
    expect(preview.phase.name).toBe('idle');
  });
});
