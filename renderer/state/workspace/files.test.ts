import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineFacts } from '../../../app/shared';
import { FakeHost } from '../../../tests/support/fake-host';
import { Workspace } from '.';

describe('files of the window', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(async () => {
    host = new FakeHost();
    host.found = {} as EngineFacts;
    workspace = new Workspace(host);
    await workspace.begin();
    await workspace.files.drop(['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'].map((name) => ({ name, size: 1 })));
  });
  const names = (): string => workspace.tray.files.map(({ name }) => name[0]).join('');
  const shown = (): string => workspace.source.fileName;

  it('come back where they were closed by mistake, with the part that was marked', async () => {
    const { files, player, edits } = workspace;
    await files.show('/dropped/b.mp4');
    player.seek(2);
    edits.changePart((part) => {
      part.setIn();
    });
    await files.close();
    expect([names(), shown(), player.inPoint]).toEqual(['acd', 'c.mp4', null]);
    await files.close('/dropped/a.mp4');
    expect([names(), shown()]).toEqual(['cd', 'c.mp4']);
    await workspace.undo();
    expect([names(), shown()]).toEqual(['acd', 'c.mp4']);
    await workspace.undo();
    expect([names(), shown(), player.inPoint]).toEqual(['abcd', 'b.mp4', 2]);
    await workspace.redo();
    expect([names(), shown()]).toEqual(['acd', 'c.mp4']);
  });

  it('come back all together where all were closed', async () => {
    await workspace.files.closeAll();
    expect([names(), workspace.source.phase.name, workspace.undoable?.name]).toEqual(['', 'empty', 'files']);
    await workspace.undo();
    expect([names(), shown()]).toEqual(['abcd', 'a.mp4']);
  });

  it('of which settings were changed show nothing to take back once none is open', async () => {
    await workspace.edits.change(({ enhance }) => (enhance.size = 3));
    await workspace.files.closeAll();
    await workspace.undo();
    await workspace.undo();
    expect(workspace.settings.enhance.size).toBe(2);
    await workspace.redo();
    await workspace.redo();
    expect([workspace.source.phase.name, workspace.undoable?.name]).toEqual(['empty', 'files']);
  });

  it('follow one another around the end', async () => {
    await workspace.files.beside(-1);
    expect(shown()).toBe('d.mp4');
    await workspace.files.beside(1);
    expect(shown()).toBe('a.mp4');
  });

  it('of earlier days that are gone are told of', async () => {
    host.openRecent = () => Promise.reject(new Error('It is gone.'));
    await workspace.openRecent('/old.mp4');
    expect(workspace.trouble?.message).toBe('It is gone.');
  });
});
