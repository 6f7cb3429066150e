import { beforeEach, describe, expect, it } from 'vitest';
import { findPreset, type EngineFacts, type ModelManifest } from '../../../app/shared';
import { FakeHost, info } from '../../../tests/support/fake-host';
import { Workspace } from '../workspace';

describe('how pictures are enlarged', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('takes back what no installed network can do', async () => {
    const model = { task: 'enhance', operations: { adder: 1, mac: 1 }, quality: [] };
    host.found = {} as EngineFacts;
    host.installed = [
      { ...model, scale: 2, size: 'fast', restore: false },
      { ...model, scale: 2, size: 'light', restore: true },
      { ...model, scale: 3, size: 'light', restore: false },
    ] as unknown as ModelManifest[];
    await workspace.begin();
    expect(workspace.trouble).toBe(null);
    await workspace.files.choose();
    const { settings } = workspace;
    const reasons = (): (string | null)[] => settings.enhance.scaleChoices.map(({ reason }) => reason);
    expect(reasons()).toEqual([null, null, 'No network for ×4 is installed.']);
    expect(settings.presetReason(findPreset('enhance-4x')!)).toBe('network not installed');
    await workspace.edits.change(({ enhance }) => {
      enhance.quality = 'fast';
      enhance.restore = true;
    });
    expect([settings.enhance.restore, settings.enhance.quality]).toEqual([true, 'auto']);
    expect(settings.preset?.name).toBe('restore');
    await workspace.edits.change(({ enhance }) => (enhance.size = 3));
    expect([settings.enhance.restore, settings.enhance.restoreReason]).toEqual([
      false,
      'No restoring network for ×3 is installed.',
    ]);
    await workspace.edits.change(({ enhance }) => (enhance.size = '1080p'));
    expect(settings.enhance.restoreReason).toBe(null);
  });

  it('asks the automatic choice for a pace, and says when it is none', async () => {
    await workspace.files.choose();
    const { enhance } = workspace.settings;
    await workspace.edits.change(() => (enhance.pace = 12.5));
    expect(workspace.settings.stages).toEqual([{ kind: 'enhance', scale: 2, pace: 12.5 }]);
    await workspace.edits.change(() => (enhance.quality = 'fast'));
    expect(workspace.settings.stages).toEqual([{ kind: 'enhance', scale: 2, quality: 'fast' }]);
    await workspace.edits.change(() => {
      enhance.quality = 'auto';
      enhance.pace = -1;
    });
    expect([enhance.paceMakesSense, workspace.exports.ready]).toEqual([false, false]);
  });

  it('asks for no pace where none can be entered', async () => {
    await workspace.files.choose();
    const { enhance, chain } = workspace.settings;
    await workspace.edits.change(() => (enhance.pace = -1));
    expect(workspace.exports.ready).toBe(false);
    await workspace.edits.change(() => (enhance.quality = 'fast'));
    expect(workspace.settings.stages).toEqual([{ kind: 'enhance', scale: 2, quality: 'fast' }]);
    await workspace.edits.change(() => {
      enhance.quality = 'auto';
      chain.add('slow');
      chain.remove('enhance');
    });
    expect(workspace.settings.stages).toEqual([{ kind: 'interpolate', slow: 4 }]);
    host.probing = async (path) => info(path, 'still');
    await workspace.files.choose();
    expect(workspace.settings.stages).toEqual([{ kind: 'enhance', scale: 2 }]);
  });
});
