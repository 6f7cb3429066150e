import { beforeEach, describe, expect, it } from 'vitest';
import { findPreset, PRESETS } from '../../app/shared';
import { FakeHost, info } from '../../tests/support/fake-host';
import { Workspace } from './workspace';

describe('the settings', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('follows presets and codecs with the name of the result, but not over a chosen place', async () => {
    await workspace.files.choose();
    const edit = PRESETS.find(({ codec }) => codec === 'prores');
    if (!edit) throw new Error('no ProRes preset');
    await workspace.edits.change((settings) => {
      settings.usePreset(edit);
    });
    expect(workspace.destination.name).toBe('clip-clearcut-2x.mov');
    expect(workspace.settings.crf).toBe(null);
    await workspace.edits.change((settings) => (settings.codec = 'h264'));
    expect([workspace.destination.name, workspace.settings.crf]).toEqual(['clip-clearcut-2x.mp4', 18]);
    expect(workspace.settings.preset?.name).toBe('enhance-2x');
    workspace.settings.crf = 99;
    expect([workspace.settings.crf, workspace.settings.preset]).toEqual([51, null]);

    host.saved = '/films/mine.mp4';
    await workspace.destination.choose();
    await workspace.edits.change((settings) => (settings.codec = 'hevc'));
    expect([workspace.destination.folder, workspace.destination.name]).toEqual(['/films', 'mine.mp4']);
    await workspace.edits.change((settings) => (settings.codec = 'prores'));
    expect(workspace.destination.name).toBe('clip-clearcut-2x.mov');
  });

  it('names the result by its size, and asks for just what is set', async () => {
    await workspace.files.choose();
    await workspace.edits.change(({ enhance }) => (enhance.size = 3));
    expect(workspace.destination.name).toBe('clip-clearcut-3x.mp4');
    expect(workspace.settings.preset?.name).toBe('enhance-3x');
    await workspace.edits.change(({ enhance }) => (enhance.size = '4k'));
    expect(workspace.destination.name).toBe('clip-clearcut-3840x2160.mp4');
    expect(workspace.settings.enhance.resultSize(info('x'))).toEqual({
      width: 3840,
      height: 2160,
      factor: 4,
    });
    await workspace.edits.change(({ enhance }) => {
      enhance.size = 'own';
      enhance.ownWidth = null;
      enhance.ownHeight = 720;
    });
    expect(workspace.destination.name).toBe('clip-clearcut-720p.mp4');
    await workspace.edits.change(({ enhance }) => {
      enhance.quality = 'fast';
      enhance.restore = true;
    });
    await workspace.exports.start();
    expect(host.requests[0]?.stages).toEqual([
      { kind: 'enhance', fit: { height: 720 }, quality: 'fast', restore: true },
    ]);
    host.set('item 1', { state: 'cancelled' });
    // Bounds that no picture can have stop nothing but the export.
    await workspace.edits.change(({ enhance }) => (enhance.ownHeight = 3));
    expect([workspace.exports.ready, workspace.settings.flow(info('x'))]).toEqual([false, null]);
    await workspace.exports.start();
    expect(host.requests).toHaveLength(1);
    await workspace.edits.change((settings) => {
      settings.usePreset(findPreset('to-1080p')!);
    });
    expect([workspace.settings.enhance.size, workspace.exports.ready]).toEqual(['1080p', true]);
    expect(workspace.settings.preset?.name).toBe('to-1080p');
  });
});
