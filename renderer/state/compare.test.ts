import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeHost, result } from '../../tests/support/fake-host';
import { Workspace } from './workspace';

describe('a frame before and after', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(async () => {
    host = new FakeHost();
    workspace = new Workspace(host);
    await workspace.files.choose();
  });
  const begun = (count: number): Promise<void> =>
    vi.waitFor(() => {
      expect(host.previews).toHaveLength(count);
    });
  const ready = (): Promise<void> =>
    vi.waitFor(() => {
      expect(workspace.looks.compare.phase.name).toBe('ready');
    });

  it('is made of one frame, follows settings and place, and is not made twice', async () => {
    workspace.looks.toggleCompare();
    await begun(1);
    expect(host.previews[0]).toMatchObject({ start: 2, end: 6, still: true });
    expect(workspace.looks.compare.phase.name).toBe('making');
    host.tell({ type: 'done', jobId: 'preview 1', result: result('/tmp/1.mkv') });
    await ready();
    // The newest of two changes is what is made; the other is stopped or never begun.
    await workspace.edits.change(({ enhance }) => (enhance.size = 3));
    await workspace.edits.change(({ enhance }) => (enhance.size = 4));
    await begun(2);
    expect(host.previews[1]?.stages).toEqual([{ kind: 'enhance', scale: 4 }]);
    workspace.player.step(1);
    expect(host.calls).toContain('cancel preview 2');
    host.tell({ type: 'cancelled', jobId: 'preview 2' });
    await begun(3);
    host.tell({ type: 'failed', jobId: 'preview 3', error: { code: 'bad-result', message: 'Black.' } });
    await vi.waitFor(() => {
      expect(workspace.looks.compare.phase).toMatchObject({ name: 'failed', error: { message: 'Black.' } });
    });
    workspace.player.step(-1);
    await workspace.edits.change(({ enhance }) => (enhance.size = 2));
    await ready();
    expect(host.previews).toHaveLength(3);
    workspace.looks.toggleCompare();
    expect(workspace.looks.compare.phase.name).toBe('idle');
  });

  it('holds settings still on the left while others are tried', async () => {
    workspace.looks.toggleKept();
    expect(workspace.looks.compare.kept).toMatchObject({ title: 'Enhance ×2' });
    await begun(1);
    host.tell({ type: 'done', jobId: 'preview 1', result: result('/tmp/1.mkv') });
    await ready();
    await workspace.edits.change(({ enhance }) => (enhance.restore = true));
    await begun(2);
    expect(host.previews[1]?.stages).toEqual([{ kind: 'enhance', scale: 2, restore: true }]);
    host.tell({ type: 'done', jobId: 'preview 2', result: result('/tmp/2.mkv') });
    await ready();
    workspace.looks.toggleKept();
    expect(workspace.looks.compare.kept).toBe(null);
    await ready();
  });
});
