import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  findPreset,
  PRESETS,
  suggestedName,
  UserError,
  type ClearcutApi,
  type EngineFacts,
  type JobEvent,
  type JobProgress,
  type JobRequest,
  type JobResult,
  type MediaInfo,
  type ModelManifest,
  type PreviewRequest,
} from '../../app/shared';
import { sentenceOf } from './plain-error';
import { Workspace } from './workspace.svelte';

const info = (path: string, kind: MediaInfo['kind'] = 'video'): MediaInfo => ({
  path,
  kind,
  container: 'mov,mp4',
  sizeBytes: 1000,
  durationSeconds: 8,
  video: {
    index: 0,
    codec: 'h264',
    width: 640,
    height: 360,
    sampleAspectRatio: { num: 1, den: 1 },
    rotation: 0,
    pixelFormat: 'yuv420p',
    bitDepth: 8,
    colour: {
      matrix: 'bt709',
      range: 'limited',
      primaries: 'bt709',
      transfer: 'bt709',
      chromaLocation: 'left',
      rangeStated: true,
    },
    hdr: false,
    timeBase: { num: 1, den: 12800 },
    frameRate: { num: 25, den: 1 },
    variableFrameRate: false,
    interlaced: false,
    frameCount: 200,
    startPts: 0,
    durationSeconds: 8,
  },
  others: [],
  chapters: 0,
  notes: [],
});

const progress = (over: Partial<JobProgress> = {}): JobProgress => ({
  state: 'running',
  choices: [],
  framesDone: 10,
  framesTotal: 200,
  fraction: 0.05,
  framesPerSecond: null,
  etaSeconds: null,
  bytesWritten: 0,
  timings: { decode: 0, stages: {}, encode: 0 },
  ...over,
});

const result = (output: string): JobResult => ({
  output,
  width: 1280,
  height: 720,
  frames: 200,
  sizeBytes: 4000,
  seconds: 20,
  framesThisRun: 200,
  backend: 'cpu',
  choices: [],
  notes: [],
  timings: { decode: 0, stages: {}, encode: 0 },
});

/** The second around where the window looks at first. */
const PART = { input: '/videos/clip.mp4', start: 1.5, end: 2.5 };

/** A host that does what the test says; the real ones are tested end to end. */
class FakeHost implements ClearcutApi {
  chosen: string | null = '/videos/clip.mp4';
  saved: string | null = null;
  probing: (path: string) => Promise<MediaInfo> = async (path) => info(path);
  starting: () => Promise<string> = async () => 'job';
  readonly requests: JobRequest[] = [];
  readonly calls: string[] = [];
  tell: (event: JobEvent) => void = () => undefined;
  openPath: (path: string) => void = () => undefined;

  host: ClearcutApi['host'] = async () => ({ kind: 'desktop', version: '1', canReveal: true });
  found: EngineFacts | null = null;
  facts: ClearcutApi['facts'] = async () => {
    if (!this.found) throw new UserError('tool-missing', 'No ffmpeg was found.');
    return this.found;
  };
  installed: readonly ModelManifest[] = [];
  models: ClearcutApi['models'] = async () => this.installed;
  chooseInput: ClearcutApi['chooseInput'] = async () => this.chosen;
  pathOfDrop: ClearcutApi['pathOfDrop'] = async (file, onUpload) => {
    onUpload?.(0.5);
    return `/dropped/${file.name}`;
  };
  probe: ClearcutApi['probe'] = (path) => this.probing(path);
  poster: ClearcutApi['poster'] = async (path, seconds) => {
    this.calls.push(`poster ${path} ${seconds}`);
    return new Uint8Array([1]);
  };
  suggestOutput: ClearcutApi['suggestOutput'] = async (input, stages, codec) =>
    `/videos/${suggestedName(input, stages, codec)}`;
  chooseOutput: ClearcutApi['chooseOutput'] = async () => this.saved;
  start: ClearcutApi['start'] = (request) => {
    this.requests.push(request);
    return this.starting();
  };
  readonly previews: PreviewRequest[] = [];
  startPreview: ClearcutApi['startPreview'] = async (request) => {
    this.previews.push(request);
    return `preview ${this.previews.length}`;
  };
  takePreview: ClearcutApi['takePreview'] = async (id) => {
    this.calls.push(`take ${id}`);
    return new Uint8Array([1]);
  };
  cancel: ClearcutApi['cancel'] = async (id) => void this.calls.push(`cancel ${id}`);
  pause: ClearcutApi['pause'] = async (id) => void this.calls.push(`pause ${id}`);
  unpause: ClearcutApi['unpause'] = async (id) => void this.calls.push(`unpause ${id}`);
  reveal: ClearcutApi['reveal'] = async (path) => void this.calls.push(`reveal ${path}`);
  onJobEvent: ClearcutApi['onJobEvent'] = (listener) => {
    this.tell = listener;
    return () => undefined;
  };
  onOpen: ClearcutApi['onOpen'] = (listener) => {
    this.openPath = listener;
    return () => undefined;
  };
}

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

  it('opens a file, shows a frame from inside it and suggests a place', async () => {
    await workspace.choose();
    expect(workspace.source.info?.path).toBe('/videos/clip.mp4');
    expect(host.calls).toEqual(['poster /videos/clip.mp4 2']);
    expect(workspace.source.poster).toMatch(/^blob:/);
    expect([workspace.outputFolder, workspace.outputName]).toEqual(['/videos', 'clip-clearcut-2x.mp4']);
    expect(workspace.title).toBe('clip.mp4 – Clearcut');
  });

  it('keeps what was open when the dialog is dismissed', async () => {
    await workspace.choose();
    host.chosen = null;
    await workspace.choose();
    expect(workspace.source.info?.path).toBe('/videos/clip.mp4');
    expect(workspace.destination.path).not.toBe(null);
  });

  it('shows the sentence of a refused file, and recovers with the next one', async () => {
    // As the desktop's bridge hands it over: data, not an Error.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
    host.probing = () => Promise.reject({ code: 'not-media', message: 'clip.mp4 is no video.' });
    await workspace.choose();
    expect(workspace.source.phase).toMatchObject({ name: 'refused', error: { code: 'not-media' } });
    host.probing = async (path) => info(path);
    await workspace.drop({ name: 'other.mov', size: 1 });
    expect(workspace.source.fileName).toBe('other.mov');
    expect(workspace.outputName).toBe('other-clearcut-2x.mov');
  });

  it('lets the newest of two openings win, whichever answers first', async () => {
    let answerFirst: (value: MediaInfo) => void = () => undefined;
    host.probing = (path) =>
      path.includes('slow') ? new Promise((resolve) => (answerFirst = resolve)) : Promise.resolve(info(path));
    const slow = workspace.drop({ name: 'slow.mp4', size: 1 });
    await workspace.drop({ name: 'quick.mp4', size: 1 });
    answerFirst(info('/dropped/slow.mp4'));
    await slow;
    expect(workspace.source.fileName).toBe('quick.mp4');
    expect(workspace.outputName).toBe('quick-clearcut-2x.mp4');
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
    host.tell({ type: 'cancelled', jobId: 'job' });
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
    await workspace.choose();
    const { settings } = workspace;
    const reasons = (): (string | null)[] => settings.enhance.scaleChoices.map(({ reason }) => reason);
    expect(reasons()).toEqual([null, null, 'No network for ×4 is installed.']);
    expect(settings.presetReason(findPreset('enhance-4x')!)).toBe('network not installed');
    await workspace.change(({ enhance }) => {
      enhance.quality = 'fast';
      enhance.restore = true;
    });
    expect([settings.enhance.restore, settings.enhance.quality]).toEqual([true, 'auto']);
    expect(settings.preset?.name).toBe('restore');
    await workspace.change(({ enhance }) => (enhance.size = 3));
    expect([settings.enhance.restore, settings.enhance.restoreReason]).toEqual([
      false,
      'No restoring network for ×3 is installed.',
    ]);
    await workspace.change(({ enhance }) => (enhance.size = '1080p'));
    expect(settings.enhance.restoreReason).toBe(null);
  });

  it('chains steps in the order that the user gives, and asks for those of motion at once', async () => {
    host.found = {} as EngineFacts;
    host.installed = [{ task: 'interpolate' }] as unknown as ModelManifest[];
    await workspace.begin();
    await workspace.choose();
    const { settings } = workspace;
    expect(settings.missing(info('x'))).toEqual(['deblur', 'smooth', 'slow']);
    await workspace.change(({ chain }) => {
      chain.add('slow');
      chain.add('deblur');
    });
    expect(settings.chain.kinds).toEqual(['deblur', 'slow', 'enhance']);
    expect(settings.stages).toEqual([
      { kind: 'interpolate', deblur: true, slow: 4 },
      { kind: 'enhance', scale: 2 },
    ]);
    expect(workspace.outputName).toBe('clip-clearcut-sharp-slow4x-2x.mp4');
    await workspace.change(({ chain, motion }) => {
      chain.move('slow', 5);
      motion.slowSound = 'drop';
    });
    expect(settings.chain.kinds).toEqual(['deblur', 'enhance', 'slow']);
    expect(settings.stages?.at(-1)).toEqual({ kind: 'interpolate', slow: 4, slowSound: 'drop' });
    expect(workspace.outputName).toBe('clip-clearcut-sharp-2x-slow4x.mp4');
    expect(settings.flow(info('x'))).toMatchObject({
      before: { width: 640, height: 360, rate: { num: 25, den: 1 }, seconds: 8 },
      after: { width: 1280, height: 720, rate: { num: 25, den: 1 }, seconds: 32 },
    });
    await workspace.change(({ chain }) => {
      for (const kind of chain.kinds) chain.remove(kind);
    });
    expect([settings.stages, workspace.canExport]).toEqual([null, false]);
  });

  it('makes no more frames of one than can be made, whichever was said last', async () => {
    await workspace.choose();
    const { motion, chain } = workspace.settings;
    await workspace.change(() => {
      motion.slow = 8;
      chain.add('slow');
    });
    await workspace.change(() => {
      chain.add('smooth');
    });
    expect([motion.factor, motion.slow]).toEqual([2, 4]);
    expect(motion.slowChoices.filter(({ reason }) => reason !== null).map(({ value }) => value)).toEqual([8]);
    expect(workspace.settings.flow(info('x'))?.after).toMatchObject({
      rate: { num: 50, den: 1 },
      seconds: 32,
    });
  });

  it('offers sharp frames only where a network is there for them, and no motion for a still', async () => {
    await workspace.choose();
    const { settings } = workspace;
    expect(settings.missing(info('x'))).toEqual(['smooth', 'slow']);
    expect(settings.presets.some(({ deblur }) => deblur)).toBe(false);
    await workspace.change(() => {
      settings.usePreset(findPreset('slow-4x')!);
    });
    expect([settings.preset?.name, workspace.outputName]).toEqual(['slow-4x', 'clip-clearcut-slow4x.mp4']);
    host.probing = async (path) => info(path, 'still');
    host.chosen = '/videos/photo.png';
    await workspace.choose();
    expect(settings.stages).toEqual([{ kind: 'enhance', scale: 2 }]);
    expect(settings.missing(info('x', 'still'))).toEqual([]);
  });

  it('asks the automatic choice for a pace, and says when it is none', async () => {
    await workspace.choose();
    const { enhance } = workspace.settings;
    await workspace.change(() => (enhance.pace = 12.5));
    expect(workspace.settings.stages).toEqual([{ kind: 'enhance', scale: 2, pace: 12.5 }]);
    await workspace.change(() => (enhance.quality = 'fast'));
    expect(workspace.settings.stages).toEqual([{ kind: 'enhance', scale: 2, quality: 'fast' }]);
    await workspace.change(() => (enhance.pace = -1));
    expect([enhance.paceMakesSense, workspace.canExport]).toEqual([false, false]);
  });

  it('looks at other moments, as fast as frames come, and ends at the last', async () => {
    await workspace.choose();
    host.calls.length = 0;
    const first = workspace.look(3);
    void workspace.look(4);
    await workspace.look(5);
    await first;
    expect(host.calls).toEqual(['poster /videos/clip.mp4 3', 'poster /videos/clip.mp4 5']);
  });

  it('previews a second before and after, until something changes', async () => {
    await workspace.choose();
    await workspace.change(() => {
      workspace.settings.usePreset(findPreset('slow-4x')!);
    });
    const { preview } = workspace;
    const making = workspace.makePreview();
    await vi.waitFor(() => {
      expect(host.previews).toHaveLength(1);
    });
    host.tell({ type: 'done', jobId: 'preview 1', result: result('/tmp/1.mp4') });
    await vi.waitFor(() => {
      expect(host.previews).toHaveLength(2);
    });
    host.tell({ type: 'done', jobId: 'preview 2', result: result('/tmp/2.mp4') });
    await making;
    expect(host.previews).toEqual([
      { ...PART, stages: [{ kind: 'enhance', fit: { width: 640, height: 360 } }] },
      { ...PART, stages: [{ kind: 'interpolate', slow: 4 }] },
    ]);
    expect(host.calls.filter((call) => call.startsWith('take'))).toEqual([
      'take preview 1',
      'take preview 2',
    ]);
    expect(preview.phase).toMatchObject({ name: 'ready', after: expect.stringMatching(/^blob:/) as string });
    expect(workspace.step).toBe('settings');
    await workspace.change((settings) => (settings.crf = 30));
    expect(preview.phase.name).toBe('ready');
    await workspace.change(({ motion }) => (motion.slow = 2));
    expect(preview.phase.name).toBe('idle');
  });

  it('stops a preview that is no longer wanted, and says why one failed', async () => {
    await workspace.choose();
    const { preview } = workspace;
    const first = workspace.makePreview();
    await vi.waitFor(() => {
      expect(host.previews).toHaveLength(1);
    });
    await workspace.look(7.9);
    expect([preview.phase.name, host.calls.includes('cancel preview 1')]).toEqual(['idle', true]);
    host.tell({ type: 'cancelled', jobId: 'preview 1' });
    await first;
    expect(preview.phase.name).toBe('idle');
    const second = workspace.makePreview();
    await vi.waitFor(() => {
      expect(host.previews).toHaveLength(2);
    });
    // The last second, where less than half of one is left.
    expect(host.previews[1]).toMatchObject({ start: 7, end: 8 });
    host.tell({ type: 'failed', jobId: 'preview 2', error: { code: 'disk-full', message: 'Full.' } });
    await second;
    expect(preview.phase).toMatchObject({ name: 'failed', error: { message: 'Full.' } });
    await workspace.export();
    expect(preview.phase.name).toBe('idle');
  });

  it('replaces a file only where the place was chosen in the dialog', async () => {
    await workspace.choose();
    await workspace.export();
    expect(host.requests[0]).toMatchObject({ overwrite: false, resume: true, codec: 'h264', crf: 18 });
    host.tell({ type: 'cancelled', jobId: 'job' });
    host.saved = '/films/mine.mp4';
    await workspace.destination.choose();
    await workspace.export();
    expect(host.requests[1]).toMatchObject({ overwrite: true, output: '/films/mine.mp4' });
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
