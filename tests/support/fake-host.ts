import {
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
