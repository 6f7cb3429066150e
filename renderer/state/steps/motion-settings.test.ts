import { beforeEach, describe, expect, it } from 'vitest';
import { findPreset, type EngineFacts, type ModelManifest } from '../../../app/shared';
import { FakeHost, info } from '../../../tests/support/fake-host';
import { Workspace } from '../workspace';

describe('how motion is made', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('makes no more frames of one than can be made, whichever was said last', async () => {
    await workspace.files.choose();
    const { motion, chain } = workspace.settings;
    await workspace.edits.change(() => {
      motion.slow = 8;
      chain.add('slow');
    });
    await workspace.edits.change(() => {
      chain.add('smooth');
    });
    expect([motion.rateFactor, motion.slow]).toEqual([2, 4]);
    expect(motion.slowChoices.filter(({ reason }) => reason !== null).map(({ value }) => value)).toEqual([8]);
    expect(workspace.settings.flow(info('x'))?.after).toMatchObject({
      rate: { num: 50, den: 1 },
      seconds: 32,
    });
  });

  it('offers the networks that are installed, and motion alone where frames may stay as they are', async () => {
    const network = { task: 'interpolate', operations: { adder: 0, mac: 1 }, quality: [] };
    host.found = {} as EngineFacts;
    host.installed = ['standard', 'light'].map((size) => ({
      ...network,
      size,
    })) as unknown as ModelManifest[];
    await workspace.begin();
    await workspace.files.choose();
    const { settings } = workspace;
    const { motion, chain } = settings;
    await workspace.edits.change(() => {
      settings.usePreset(findPreset('smooth-2x')!);
    });
    expect([motion.sources, motion.source]).toEqual([['light', 'standard', 'motion'], 'light']);
    expect(settings.stages).toEqual([{ kind: 'interpolate', factor: 2 }]);
    await workspace.edits.change(() => (motion.source = 'standard'));
    expect(settings.stages).toEqual([{ kind: 'interpolate', factor: 2, quality: 'standard' }]);
    await workspace.edits.change(() => (motion.source = 'motion'));
    expect(settings.stages).toEqual([{ kind: 'interpolate', factor: 2, method: 'motion' }]);
    await workspace.edits.change(() => {
      chain.add('deblur');
    });
    expect([motion.sources, motion.source]).toEqual([['light', 'standard'], 'light']);
    await workspace.edits.change(() => {
      settings.usePreset({ ...findPreset('deblur')!, motionQuality: 'standard' });
    });
    expect(settings.stages).toEqual([{ kind: 'interpolate', deblur: true, quality: 'standard' }]);
  });

  it('offers sharp frames only where a network is there for them, and no motion for a still', async () => {
    await workspace.files.choose();
    const { settings } = workspace;
    expect(settings.missing(info('x'))).toEqual(['smooth', 'slow']);
    expect(settings.presets.some(({ deblur }) => deblur)).toBe(false);
    await workspace.edits.change(() => {
      settings.usePreset(findPreset('slow-4x')!);
    });
    expect([settings.preset?.name, workspace.destination.name]).toEqual([
      'slow-4x',
      'clip-clearcut-slow4x.mp4',
    ]);
    host.probing = async (path) => info(path, 'still');
    host.chosen = ['/videos/photo.png'];
    await workspace.files.choose();
    expect(settings.stages).toEqual([{ kind: 'enhance', scale: 2 }]);
    expect(settings.missing(info('x', 'still'))).toEqual([]);
  });
});
