import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineFacts, ModelManifest } from '../../../app/shared';
import { FakeHost, info } from '../../../tests/support/fake-host';
import { Workspace } from '../workspace';

describe('the chain of steps', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('chains steps in the order that the user gives, and asks for those of motion at once', async () => {
    host.found = {} as EngineFacts;
    host.installed = [{ task: 'interpolate' }] as unknown as ModelManifest[];
    await workspace.begin();
    await workspace.files.choose();
    const { settings } = workspace;
    expect(settings.missing(info('x'))).toEqual(['deblur', 'smooth', 'slow']);
    await workspace.edits.change(({ chain }) => {
      chain.add('slow');
      chain.add('deblur');
    });
    expect(settings.chain.kinds).toEqual(['deblur', 'slow', 'enhance']);
    expect(settings.stages).toEqual([
      { kind: 'interpolate', deblur: true, slow: 4 },
      { kind: 'enhance', scale: 2 },
    ]);
    expect(workspace.destination.name).toBe('clip-clearcut-sharp-slow4x-2x.mp4');
    await workspace.edits.change(({ chain, motion }) => {
      chain.move('slow', 5);
      motion.slowSound = 'drop';
    });
    expect(settings.chain.kinds).toEqual(['deblur', 'enhance', 'slow']);
    expect(settings.stages?.at(-1)).toEqual({ kind: 'interpolate', slow: 4, slowSound: 'drop' });
    expect(workspace.destination.name).toBe('clip-clearcut-sharp-2x-slow4x.mp4');
    expect(settings.flow(info('x'))).toMatchObject({
      before: { width: 640, height: 360, rate: { num: 25, den: 1 }, seconds: 8 },
      after: { width: 1280, height: 720, rate: { num: 25, den: 1 }, seconds: 32 },
    });
    await workspace.edits.change(({ chain }) => {
      for (const kind of chain.kinds) chain.remove(kind);
    });
    expect([settings.stages, workspace.exports.ready]).toEqual([null, false]);
  });
});
