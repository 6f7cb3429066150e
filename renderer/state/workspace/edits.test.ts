import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineFacts } from '../../../app/shared';
import { FakeHost } from '../../../tests/support/fake-host';
import { Workspace } from '.';

describe('changes in the editor', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    host = new FakeHost();
    host.found = {} as EngineFacts;
    workspace = new Workspace(host);
    await workspace.begin();
    await workspace.files.choose();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  /** Long enough that the next change is one of its own. */
  const rest = (): void => void vi.advanceTimersByTime(2000);
  const { stringify } = JSON;

  it('are taken back and made again: settings, steps and their order, with what follows from them', async () => {
    const { edits, settings, destination } = workspace;
    const states: string[] = [];
    const keep = (): void => void states.push(stringify([settings.stages, settings.crf, destination.path]));
    keep();
    await edits.change(({ enhance }) => (enhance.size = 3));
    keep();
    await edits.change(({ chain }) => {
      chain.add('smooth');
    });
    keep();
    await edits.change(({ chain }) => {
      chain.move('smooth', 1);
    });
    keep();
    await edits.change((all) => (all.codec = 'vp9'));
    keep();
    const names: (string | undefined)[] = [];
    for (const state of states.slice(0, -1).toReversed()) {
      names.push(workspace.undoable?.name);
      await workspace.undo();
      expect(stringify([settings.stages, settings.crf, destination.path])).toBe(state);
    }
    expect(names).toEqual(['settings', 'steps', 'steps', 'settings']);
    expect([workspace.undoable, workspace.announcer.spoken]).toEqual([null, 'Taken back: settings']);
    for (const state of states.slice(1)) {
      await workspace.redo();
      expect(stringify([settings.stages, settings.crf, destination.path])).toBe(state);
    }
    expect([workspace.redoable, workspace.announcer.spoken]).toEqual([null, 'Done again: settings']);
  });

  it('of one slider are one, and of another one their own', async () => {
    const { edits, settings } = workspace;
    const before = settings.crf;
    for (const crf of [19, 22, 25]) {
      await edits.change((all) => (all.crf = crf));
      vi.advanceTimersByTime(300);
    }
    await edits.change(({ rate }) => (rate.kind = 'size'));
    rest();
    await edits.change((all) => (all.crf = 30));
    // Choices are one each, however fast.
    await edits.change(({ enhance }) => (enhance.size = 3));
    await edits.change(({ enhance }) => (enhance.size = 4));
    const seen = [];
    while (workspace.undoable) {
      await workspace.undo();
      seen.push([settings.crf, settings.rate.kind, settings.enhance.size]);
    }
    expect(seen).toEqual([
      [30, 'size', 3],
      [30, 'size', 2],
      [25, 'size', 2],
      [25, 'quality', 2],
      [before, 'quality', 2],
    ]);
  });

  it('that change nothing are none', async () => {
    await workspace.edits.change(({ enhance }) => (enhance.size = 2));
    workspace.edits.changePart((part) => {
      part.clearPart();
    });
    expect(workspace.undoable).toBe(null);
  });

  it('of a preset give back all that it had set', async () => {
    const { settings, edits } = workspace;
    await edits.change((all) => {
      all.enhance.size = 4;
      all.codec = 'av1';
      all.rate.kind = 'bitrate';
      all.rate.megabits = 3;
    });
    rest();
    const before = stringify([settings.stages, settings.codec, settings.rate.bits]);
    const other = settings.presets.find(({ interpolate }) => interpolate !== undefined)!;
    await edits.change((all) => {
      all.usePreset(other);
    });
    expect(settings.preset?.name).toBe(other.name);
    await workspace.undo();
    expect(stringify([settings.stages, settings.codec, settings.rate.bits])).toBe(before);
    expect(settings.preset).toBe(null);
  });

  it('of the part go back point by point, and a point that is dragged goes back at once', async () => {
    const { player, edits } = workspace;
    player.seek(1);
    edits.changePart((part) => {
      part.setIn();
    });
    player.seek(3);
    edits.changePart((part) => {
      part.setOut();
    });
    const dragged = edits.gesture();
    for (const moment of [1.2, 1.8, 1.5, 2]) {
      player.movePoint('in', moment);
      rest();
    }
    dragged();
    const points = (): unknown => [player.inPoint?.toFixed(1), player.outPoint?.toFixed(1)];
    expect(points()).toEqual(['2.0', '3.0']);
    await workspace.undo();
    expect([points(), workspace.undoable?.name]).toEqual([['1.0', '3.0'], 'part']);
    await workspace.undo();
    expect(points()).toEqual(['1.0', undefined]);
    await workspace.undo();
    expect(points()).toEqual([undefined, undefined]);
    await workspace.redo();
    expect(points()).toEqual(['1.0', undefined]);
  });

  it('of another file stay with it, but settings go back wherever the window looks', async () => {
    const { player, edits, settings } = workspace;
    await edits.change(({ enhance }) => (enhance.size = 3));
    player.seek(1);
    edits.changePart((part) => {
      part.setIn();
    });
    await workspace.files.open(['/videos/other.mp4']);
    expect([player.inPoint, workspace.undoable?.name]).toEqual([null, 'settings']);
    await workspace.undo();
    expect([settings.enhance.size, player.inPoint, workspace.undoable]).toEqual([2, null, null]);
  });

  it('are taken back in the view that is shown, and where they can be seen', async () => {
    await workspace.edits.change(({ enhance }) => (enhance.size = 3));
    await workspace.exports.start();
    expect([workspace.exports.step, workspace.undoable]).toEqual(['running', null]);
    await workspace.undo();
    expect(workspace.settings.enhance.size).toBe(3);
    workspace.view = 'queue';
    await workspace.queue.edits.remove(['item 1']);
    expect(workspace.undoable?.name).toBe('removal');
    await workspace.undo();
    expect([workspace.queue.entries.length, workspace.undoable, workspace.redoable?.name]).toEqual([
      ...[1, null, 'removal'],
    ]);
    await workspace.redo();
    workspace.view = 'edit';
    expect(workspace.undoable?.name).toBe('settings');
  });

  it('of a job that is edited leave its place alone until its name would be another', async () => {
    const { edits, destination } = workspace;
    await workspace.exports.start();
    host.suggestOutput = async (_input, stages) => `/videos/free-${stages.length}.mp4`;
    await workspace.exports.edit(workspace.queue.entries[0]!);
    await edits.change((all) => (all.crf = 30));
    expect(destination.path).toBe('/videos/clip-clearcut-2x.mp4');
    await edits.change(({ chain }) => {
      chain.add('smooth');
    });
    expect(destination.path).toBe('/videos/free-2.mp4');
  });
});
