import { beforeEach, describe, expect, it } from 'vitest';
import { FakeHost } from '../../../tests/support/fake-host';
import { Workspace } from '.';

describe('the workspace', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('says why nothing works, and stays usable', async () => {
    await workspace.begin();
    expect(workspace.trouble).toMatchObject({ code: 'tool-missing', message: 'No ffmpeg was found.' });
    expect(workspace.source.phase.name).toBe('empty');
    expect(workspace.title).toBe('Clearcut');
  });

  it('replaces a file only where the place was chosen in the dialog', async () => {
    await workspace.files.choose();
    await workspace.exports.start();
    expect(host.requests[0]).toMatchObject({ overwrite: false, resume: true, codec: 'h264', crf: 18 });
    host.set('item 1', { state: 'cancelled' });
    host.saved = '/films/mine.mp4';
    await workspace.exports.choosePlace();
    await workspace.exports.start();
    expect(host.requests[1]).toMatchObject({ overwrite: true, output: '/films/mine.mp4' });
  });

  it('takes the codec that the chosen place can hold, and keeps the place', async () => {
    await workspace.files.choose();
    host.saved = '/films/mine.webm';
    await workspace.exports.choosePlace();
    expect([workspace.settings.codec, workspace.settings.crf]).toEqual(['vp9', 24]);
    await workspace.edits.change((settings) => (settings.codec = 'av1'));
    expect(workspace.destination.path).toBe('/films/mine.webm');
    await workspace.edits.change((settings) => (settings.codec = 'hevc'));
    expect(workspace.destination.path).toBe('/videos/clip-clearcut-2x.mp4');
  });
});
