import { beforeEach, describe, expect, it } from 'vitest';
import { findPreset, PRESETS } from '../../app/shared';
import { FakeHost, info } from '../../tests/support/fake-host';
import { Workspace } from './workspace.svelte';

describe('the settings', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('follows presets and codecs with the name of the result, but not over a chosen place', async () => {
    await workspace.choose();
    const edit = PRESETS.find(({ codec }) => codec === 'prores');
    if (!edit) throw new Error('no ProRes preset');
    await workspace.change((settings) => {
      settings.usePreset(edit);
    });
    expect(workspace.outputName).toBe('clip-clearcut-2x.mov');
    expect(workspace.settings.crf).toBe(null);
    await workspace.change((settings) => (settings.codec = 'h264'));
    expect([workspace.outputName, workspace.settings.crf]).toEqual(['clip-clearcut-2x.mp4', 18]);
    expect(workspace.settings.preset?.name).toBe('enhance-2x');
    workspace.settings.crf = 99;
    expect([workspace.settings.crf, workspace.settings.preset]).toEqual([51, null]);

    host.saved = '/films/mine.mp4';
    await workspace.destination.choose();
    await workspace.change((settings) => (settings.codec = 'hevc'));
    expect([workspace.outputFolder, workspace.outputName]).toEqual(['/films', 'mine.mp4']);
    await workspace.change((settings) => (settings.codec = 'prores'));
    expect(workspace.outputName).toBe('clip-clearcut-2x.mov');
  });

  it('names the result by its size, and asks for just what is set', async () => {
    await workspace.choose();
    await workspace.change(({ enhance }) => (enhance.size = 3));
    expect(workspace.outputName).toBe('clip-clearcut-3x.mp4');
    expect(workspace.settings.preset?.name).toBe('enhance-3x');
    await workspace.change(({ enhance }) => (enhance.size = '4k'));
    expect(workspace.outputName).toBe('clip-clearcut-3840x2160.mp4');
    expect(workspace.settings.enhance.resultSize(info('x'))).toEqual({
      width: 3840,
      height: 2160,
      factor: 4,
    });
    await workspace.change(({ enhance }) => {
      enhance.size = 'own';
      enhance.ownWidth = null;
      enhance.ownHeight = 720;
    });
    expect(workspace.outputName).toBe('clip-clearcut-720p.mp4');
    await workspace.change(({ enhance }) => {
      enhance.quality = 'fast';
      enhance.restore = true;
    });
    await workspace.export();
    expect(host.requests[0]?.stages).toEqual([
      { kind: 'enhance', fit: { height: 720 }, quality: 'fast', restore: true },
    ]);
    host.set('item 1', { state: 'cancelled' });
    // Bounds that no picture can have stop nothing but the export.
    await workspace.change(({ enhance }) => (enhance.ownHeight = 3));
    expect([workspace.canExport, workspace.settings.flow(info('x'))]).toEqual([false, null]);
    await workspace.export();
    expect(host.requests).toHaveLength(1);
    await workspace.change((settings) => {
      settings.usePreset(findPreset('to-1080p')!);
    });
    expect([workspace.settings.enhance.size, workspace.canExport]).toEqual(['1080p', true]);
    expect(workspace.settings.preset?.name).toBe('to-1080p');
  });
});
