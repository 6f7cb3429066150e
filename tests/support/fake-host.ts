import {
  PREFERENCE_DEFAULTS,
  QUEUE_DEFAULTS,
  reordered,
  runsOf,
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
  type ObjectsRequest,
  type Preferences,
  type PreviewRequest,
  type QueueChange,
  type QueueCommand,
  type QueueItem,
  type QueueSettings,
  type QueueWish,
} from '../../app/shared';
import { RemovedJobs } from '../../app/host/queue/removed-jobs';

/** A video of 8 seconds, 640×360, 25 frames a second. */
export const info = (path: string, kind: MediaInfo['kind'] = 'video'): MediaInfo => ({
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

export const progress = (over: Partial<JobProgress> = {}): JobProgress => ({
  state: 'running',
  choices: [],
  framesDone: 10,
  framesTotal: 200,
  fraction: 0.05,
  framesPerSecond: null,
  etaSeconds: null,
  bytesWritten: 0,
  expectedBytes: null,
  timings: { decode: 0, stages: {}, encode: 0 },
  ...over,
});

export const result = (output: string): JobResult => ({
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

/** A host that does what the test says; the real ones are tested end to end. */
export class FakeHost implements ClearcutApi {
  chosen: readonly string[] = ['/videos/clip.mp4'];
  saved: string | null = null;
  probing: (path: string) => Promise<MediaInfo> = async (path) => info(path);
  /** What the queue answers to jobs that are added; by default it takes them. */
  adding: (wishes: readonly QueueWish[]) => Promise<readonly string[]> = async (wishes) =>
    this.accept(wishes);
  items: readonly QueueItem[] = [];
  settings: QueueSettings = QUEUE_DEFAULTS;
  kept: Preferences = PREFERENCE_DEFAULTS;
  readonly commands: QueueCommand[] = [];
  readonly calls: string[] = [];
  tell: (event: JobEvent) => void = () => undefined;
  readonly #removed = new RemovedJobs();
  readonly #queueListeners = new Set<(change: QueueChange) => void>();
  openPaths: (paths: readonly string[]) => void = () => undefined;

  /** What was asked of the queue to make. */
  get requests(): readonly JobRequest[] {
    return this.commands.flatMap((command) =>
      command.kind === 'add' ? command.wishes.map(({ request }) => request) : [],
    );
  }

  tellQueue(change: QueueChange): void {
    for (const listener of this.#queueListeners) listener(change);
  }

  accept(wishes: readonly QueueWish[]): readonly string[] {
    const items = wishes.map(({ request, source }, index): QueueItem => ({
      id: `item ${this.items.length + index + 1}`,
      request,
      source,
      state: 'waiting',
      fraction: null,
      addedAt: 0,
      endedAt: null,
      result: null,
      error: null,
    }));
    this.items = [...this.items, ...items];
    this.tellQueue({ type: 'added', items });
    return items.map(({ id }) => id);
  }

  /** As the real queue changes its list. */
  #edit(command: QueueCommand): void {
    switch (command.kind) {
      case 'remove':
        this.#removed.keep(this.items, new Set(command.ids));
        this.items = this.items.filter(({ id }) => !command.ids.includes(id));
        this.tellQueue({ type: 'removed', ids: command.ids });
        break;
      case 'restore': {
        const items = this.#removed.find(command.ids);
        this.items = this.#removed.putBack(this.items, command.ids);
        this.tellQueue({ type: 'added', items });
        for (const run of runsOf(this.items, command.ids).toReversed())
          this.tellQueue({ type: 'moved', ...run });
        break;
      }
      case 'move':
        this.items = reordered(this.items, command.ids, command.before);
        this.tellQueue({ type: 'moved', ids: command.ids, before: command.before });
        break;
      case 'change':
        this.set(command.id, { ...command.wish, state: 'waiting' });
        break;
      case 'hold':
      case 'cancel':
        for (const id of command.ids) this.set(id, { state: command.kind === 'hold' ? 'held' : 'cancelled' });
        break;
      default:
        break;
    }
  }

  /** A job of the queue goes on in some way. */
  set(id: string, change: Partial<QueueItem>): void {
    this.items = this.items.map((item) => (item.id === id ? { ...item, ...change } : item));
    this.tellQueue({ type: 'changed', items: this.items.filter((item) => item.id === id) });
  }

  host: ClearcutApi['host'] = async () => ({
    kind: 'desktop',
    version: '1',
    platform: 'linux',
    canReveal: true,
    whenDone: ['nothing', 'notify', 'reveal', 'sleep'],
    updates: false,
    languages: ['en'],
  });
  found: EngineFacts | null = null;
  facts: ClearcutApi['facts'] = async () => {
    if (!this.found) throw new UserError('tool-missing', 'No ffmpeg was found.');
    return this.found;
  };
  installed: readonly ModelManifest[] = [];
  models: ClearcutApi['models'] = async () => this.installed;
  chooseInputs: ClearcutApi['chooseInputs'] = async () => this.chosen;
  pathsOfDrop: ClearcutApi['pathsOfDrop'] = async (files, onUpload) => {
    onUpload?.(0.5);
    return files.map(({ name }) => `/dropped/${name}`);
  };
  recent: ClearcutApi['recent'] = async () => [];
  openRecent: ClearcutApi['openRecent'] = async (path) => path;
  forgetRecent: ClearcutApi['forgetRecent'] = async () => undefined;
  probe: ClearcutApi['probe'] = (path) => this.probing(path);
  poster: ClearcutApi['poster'] = async (path, seconds) => {
    this.calls.push(`poster ${path} ${seconds}`);
    return new Uint8Array([1]);
  };
  frames: ClearcutApi['frames'] = async () => new Uint8Array();
  peaks: ClearcutApi['peaks'] = async () => new Uint8Array();
  sound: ClearcutApi['sound'] = async () => new Uint8Array();
  suggestOutput: ClearcutApi['suggestOutput'] = async (input, stages, codec) =>
    `/videos/${suggestedName(input, stages, codec)}`;
  chooseOutput: ClearcutApi['chooseOutput'] = async () => this.saved;
  space: ClearcutApi['space'] = async () => ({ freeBytes: 1e12 });
  queue: ClearcutApi['queue'] = async () => ({
    ...{ settings: this.settings, items: this.items },
    ...{ onBattery: false, progress: null },
  });
  changeQueue: ClearcutApi['changeQueue'] = async (command) => {
    this.commands.push(command);
    if (command.kind === 'add') return this.adding(command.wishes);
    if (command.kind === 'settings') this.tellQueue({ type: 'settings', settings: command.settings });
    else this.#edit(command);
    return [];
  };
  queueLog: ClearcutApi['queueLog'] = async (id) => `Log of ${id}`;
  onQueueChange: ClearcutApi['onQueueChange'] = (listener) => {
    this.#queueListeners.add(listener);
    return () => this.#queueListeners.delete(listener);
  };
  readonly previews: PreviewRequest[] = [];
  startPreview: ClearcutApi['startPreview'] = async (request) => {
    this.previews.push(request);
    return `preview ${this.previews.length}`;
  };
  readonly looks: ObjectsRequest[] = [];
  startObjects: ClearcutApi['startObjects'] = async (request) => {
    this.looks.push(request);
    return `look ${this.looks.length}`;
  };
  /** What a finished preview holds. */
  made: Uint8Array = new Uint8Array([1]);
  takePreview: ClearcutApi['takePreview'] = async (id) => {
    this.calls.push(`take ${id}`);
    return this.made;
  };
  takePreviewFrame: ClearcutApi['takePreviewFrame'] = async (id) => {
    this.calls.push(`take frame ${id}`);
    return new Uint8Array([1]);
  };
  cancel: ClearcutApi['cancel'] = async (id) => void this.calls.push(`cancel ${id}`);
  reveal: ClearcutApi['reveal'] = async (path) => void this.calls.push(`reveal ${path}`);
  startDrag: ClearcutApi['startDrag'] = async (outputs) => void this.calls.push(`drag ${outputs.join(' ')}`);
  resultAddress: ClearcutApi['resultAddress'] = async () => null;
  preferences: ClearcutApi['preferences'] = async () => this.kept;
  changePreferences: ClearcutApi['changePreferences'] = async (change) => {
    this.kept = { ...this.kept, ...(change as Partial<Preferences>) };
  };
  importPresets: ClearcutApi['importPresets'] = async () => null;
  exportPresets: ClearcutApi['exportPresets'] = async () => true;
  sleep: ClearcutApi['sleep'] = async () => void this.calls.push('sleep');
  checkForUpdates: ClearcutApi['checkForUpdates'] = async () => ({ current: '1', newer: null });
  onJobEvent: ClearcutApi['onJobEvent'] = (listener) => {
    this.tell = listener;
    return () => undefined;
  };
  onOpen: ClearcutApi['onOpen'] = (listener) => {
    this.openPaths = listener;
    return () => undefined;
  };
  onCommand: ClearcutApi['onCommand'] = () => () => undefined;
}
