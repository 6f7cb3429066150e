import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../app/shared';
import { FakeHost, progress, result } from '../../tests/support/fake-host';
import { sentenceOf } from './plain-error';
import { Workspace } from './workspace.svelte';

describe('an export', () => {
  let host: FakeHost;
  let workspace: Workspace;
  beforeEach(() => {
    host = new FakeHost();
    workspace = new Workspace(host);
  });

  it('follows a job to its end, in the title, for screen readers, and before against after', async () => {
    await workspace.choose();
    await workspace.export();
    expect([workspace.step, workspace.title]).toEqual(['running', 'Starting – clip.mp4 – Clearcut']);
    const { job } = workspace;
    expect(job?.spoken).toBe('Export started.');
    host.tell({ type: 'progress', jobId: 'another', progress: progress({ fraction: 0.9 }) });
    expect(job?.percent).toBe(null);
    host.tell({ type: 'progress', jobId: 'job', progress: progress({ fraction: 0.05 }) });
    expect([workspace.title, job?.spoken]).toEqual(['5 % – clip.mp4 – Clearcut', 'Export started.']);
    host.tell({ type: 'progress', jobId: 'job', progress: progress({ fraction: 0.42, etaSeconds: 700 }) });
    expect([job?.words, job?.spoken]).toEqual([
      '42 percent, about 12 min left',
      '42 percent, about 12 min left',
    ]);
    host.tell({ type: 'progress', jobId: 'job', progress: progress({ fraction: 0.44, etaSeconds: 600 }) });
    expect(job?.spoken).toBe('42 percent, about 12 min left');
    host.tell({ type: 'note', jobId: 'job', note: 'A subtitle was left out.' });
    expect(job?.notes).toEqual(['A subtitle was left out.']);

    // Nothing changes under a running export.
    host.openPath('/videos/else.mp4');
    await workspace.drop({ name: 'else.mp4', size: 1 });
    workspace.closeFile();
    expect(workspace.source.fileName).toBe('clip.mp4');

    const output = host.requests[0]?.output ?? '';
    host.tell({ type: 'done', jobId: 'job', result: result(output) });
    expect([workspace.step, workspace.title]).toEqual(['done', 'Done – clip.mp4 – Clearcut']);
    await vi.waitFor(() => {
      expect(workspace.comparison.after).toMatch(/^blob:/);
    });
    expect(host.calls.slice(-2)).toEqual(['poster /videos/clip.mp4 2', `poster ${output} 2`]);
    await workspace.reveal();
    expect(host.calls.at(-1)).toBe(`reveal ${output}`);
    await workspace.backToSettings();
    expect([workspace.step, workspace.comparison.after]).toEqual(['settings', null]);
  });

  it('loses no event that comes before the number of its job', async () => {
    await workspace.choose();
    let answer: (id: string) => void = () => undefined;
    host.starting = () => new Promise((resolve) => (answer = resolve));
    const exporting = workspace.export();
    host.tell({ type: 'progress', jobId: 'late', progress: progress() });
    host.tell({ type: 'done', jobId: 'late', result: result('/videos/x.mp4') });
    expect(workspace.step).toBe('running');
    answer('late');
    await exporting;
    expect(workspace.step).toBe('done');
    expect(workspace.comparison.after).toMatch(/^blob:/);
  });

  it('pauses, goes on and cancels, and is back at the settings then', async () => {
    await workspace.choose();
    await workspace.export();
    const { job } = workspace;
    await job?.togglePause();
    expect(job?.canPause).toBe(false);
    host.tell({ type: 'progress', jobId: 'job', progress: progress() });
    await job?.togglePause();
    host.tell({ type: 'progress', jobId: 'job', progress: progress({ state: 'paused' }) });
    expect(job?.words).toBe('paused, 5 percent');
    await job?.togglePause();
    const cancelling = job?.cancel();
    expect(job?.words).toBe('Stopping');
    host.tell({ type: 'cancelled', jobId: 'job' });
    await cancelling;
    expect(host.calls.slice(-3)).toEqual(['pause job', 'unpause job', 'cancel job']);
    expect(workspace.step).toBe('settings');
  });

  it('shows why a job failed, and tries again under a free name where the old one was taken', async () => {
    await workspace.choose();
    host.starting = () => Promise.reject(new UserError('output-exists', 'That name is taken.'));
    await workspace.export();
    expect(workspace.job?.end).toMatchObject({ name: 'failed', error: { message: 'That name is taken.' } });
    expect(workspace.title).toBe('Failed – clip.mp4 – Clearcut');
    host.suggestOutput = async () => '/videos/clip-clearcut-2x-2.mp4';
    host.starting = async () => 'second';
    await workspace.retry();
    expect(host.requests[1]?.output).toBe('/videos/clip-clearcut-2x-2.mp4');
    host.tell({
      type: 'failed',
      jobId: 'second',
      error: { code: 'disk-full', message: 'The disk is full.' },
    });
    expect(workspace.step).toBe('failed');
    expect(sentenceOf({ code: 'output-exists', message: 'x.mp4 exists: pass --overwrite.' })).toMatch(
      /another name/,
    );
    expect(
      sentenceOf({
        code: 'unsupported-output',
        message: "h264 can't: choose --codec ffv1 or leave out --crf.",
      }),
    ).toBe("h264 can't: choose Codec ffv1 or leave out Quality (CRF).");
    workspace.closeFile();
    expect([workspace.step, workspace.source.phase.name, workspace.title]).toEqual([
      'settings',
      'empty',
      'Clearcut',
    ]);
  });
});
