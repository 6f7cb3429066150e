import { createBirpc } from 'birpc';
import {
  readPreset,
  STILL_EXTENSIONS,
  UserError,
  valueOf,
  VIDEO_EXTENSIONS,
  type ClearcutApi,
  type Codec,
  type DiskSpace,
  type DroppedFile,
  type EngineFacts,
  type FramesRequest,
  type HostArguments,
  type HostCall,
  type HostInfo,
  type JobEvent,
  type MediaInfo,
  type ModelManifest,
  type Outcome,
  type ObjectsRequest,
  type PeaksRequest,
  type Preferences,
  type PreferencesChange,
  type Preset,
  type PreviewRequest,
  type QueueChange,
  type QueueCommand,
  type QueueSnapshot,
  type SoundRequest,
  type StageRequest,
  type UpdateNews,
} from '../../app/shared';
import { upload } from './upload';

/** What the server answers and tells; `app/serve/page-session.ts` is the other side. */
interface ServerWire {
  call(name: string, args: readonly unknown[]): Promise<Outcome>;
}
interface PageWire {
  jobEvent(event: JobEvent): void;
  queueChange(change: QueueChange): void;
}

const RECONNECT_MS = 1000;
/** A server that stays away longer than this has ended: its jobs have too. */
const GONE_AFTER_MS = 15_000;
const GONE =
  'Clearcut\'s server has ended or can\'t be reached. Start "clearcut serve" again: finished work is kept.';

/** `window.clearcut` in a browser: calls and events over one WebSocket, files beside it. */
export class WebHost implements ClearcutApi {
  readonly #listeners = new Set<(event: JobEvent) => void>();
  readonly #queueListeners = new Set<(change: QueueChange) => void>();
  /** Previews that this page started and that have not ended. */
  readonly #running = new Set<string>();
  readonly #outbox: string[] = [];
  readonly #rpc;
  #socket: WebSocket | null = null;
  #hear: (text: string) => void = () => undefined;
  #goneTimer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    const local: PageWire = {
      jobEvent: (event) => {
        this.#tell(event);
      },
      queueChange: (change) => {
        for (const listener of this.#queueListeners) listener(change);
      },
    };
    this.#rpc = createBirpc<ServerWire, PageWire>(local, {
      post: (text: string) => {
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
        else this.#outbox.push(text);
      },
      on: (listener) => {
        this.#hear = listener;
      },
      serialize: (message) => JSON.stringify(message),
      deserialize: (text: string) => JSON.parse(text) as unknown,
      timeout: -1,
    });
    this.#connect();
    // The secret has done its work: it need not stay in the address and the history.
    if (location.search) history.replaceState(null, '', '/');
  }

  host(): Promise<HostInfo> {
    return this.#call('host');
  }

  facts(): Promise<EngineFacts> {
    return this.#call('facts');
  }

  models(): Promise<readonly ModelManifest[]> {
    return this.#call('models');
  }

  async chooseInputs(onUpload?: (fraction: number) => void): Promise<readonly string[]> {
    return uploadAll(await chooseFiles(MEDIA, true), onUpload);
  }

  pathsOfDrop(
    files: readonly DroppedFile[],
    onUpload?: (fraction: number) => void,
  ): Promise<readonly string[]> {
    return uploadAll(files as readonly File[], onUpload);
  }

  /** What was sent goes with the server: there is nothing to come back to. */
  recent(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  openRecent(path: string): Promise<string> {
    return Promise.reject(new UserError('no-such-file', `${path} is gone: choose it again.`));
  }

  forgetRecent(): Promise<void> {
    return Promise.resolve();
  }

  probe(path: string): Promise<MediaInfo> {
    return this.#call('probe', path);
  }

  poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array> {
    return bytesOf('poster', path, seconds, maxWidth);
  }

  frames(request: FramesRequest): Promise<Uint8Array> {
    return bytesOf('frames', request);
  }

  peaks(request: PeaksRequest): Promise<Uint8Array> {
    return bytesOf('peaks', request);
  }

  sound(request: SoundRequest): Promise<Uint8Array> {
    return bytesOf('sound', request);
  }

  suggestOutput(input: string, stages: readonly StageRequest[], codec: Codec): Promise<string> {
    return this.#call('suggestOutput', input, stages, codec);
  }

  chooseOutput(): Promise<null> {
    return Promise.resolve(null);
  }

  space(output: string): Promise<DiskSpace> {
    return this.#call('space', output);
  }

  queue(): Promise<QueueSnapshot> {
    return this.#call('queue');
  }

  changeQueue(command: QueueCommand): Promise<readonly string[]> {
    return this.#call('changeQueue', command);
  }

  queueLog(id: string): Promise<string> {
    return this.#call('queueLog', id);
  }

  async startPreview(request: PreviewRequest): Promise<string> {
    const jobId = await this.#call('startPreview', request);
    this.#running.add(jobId);
    return jobId;
  }

  async startObjects(request: ObjectsRequest): Promise<string> {
    const jobId = await this.#call('startObjects', request);
    this.#running.add(jobId);
    return jobId;
  }

  takePreview(jobId: string): Promise<Uint8Array> {
    return bytesOf('takePreview', jobId);
  }

  takePreviewFrame(jobId: string): Promise<Uint8Array> {
    return bytesOf('takePreviewFrame', jobId);
  }

  cancel(jobId: string): Promise<void> {
    return this.#call('cancel', jobId);
  }

  preferences(): Promise<Preferences> {
    return this.#call('preferences');
  }

  changePreferences(change: PreferencesChange): Promise<void> {
    return this.#call('changePreferences', change);
  }

  async importPresets(): Promise<readonly Preset[] | null> {
    const [file] = await chooseFiles('.json,application/json', false);
    if (!file) return null;
    try {
      const kept: unknown = JSON.parse(await file.text());
      return (Array.isArray(kept) ? kept : [kept]).map((one) => readPreset(one));
    } catch (cause) {
      throw new UserError('damaged-input', `${file.name} holds no presets: choose another file.`, { cause });
    }
  }

  exportPresets(presets: readonly Preset[]): Promise<boolean> {
    const text = `${JSON.stringify(presets, null, 2)}\n`;
    const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    download(address, 'clearcut-presets.json');
    setTimeout(() => {
      URL.revokeObjectURL(address);
    }, 10_000);
    return Promise.resolve(true);
  }

  /** A page puts no machine to sleep; the host says so in `whenDone`. */
  sleep(): Promise<void> {
    return Promise.resolve();
  }

  checkForUpdates(): Promise<UpdateNews> {
    return Promise.reject(new UserError('bad-usage', 'A browser knows no place for newer versions.'));
  }

  async reveal(path: string): Promise<void> {
    download(await this.resultAddress(path), '');
  }

  /** The browser drags by itself what it knows the address of. */
  startDrag(): Promise<void> {
    return Promise.resolve();
  }

  async resultAddress(output: string): Promise<string> {
    const response = await reach(`/offer?${new URLSearchParams({ path: output }).toString()}`);
    return new URL(valueOf((await response.json()) as Outcome<string>), location.origin).href;
  }

  onJobEvent(listener: (event: JobEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onQueueChange(listener: (change: QueueChange) => void): () => void {
    this.#queueListeners.add(listener);
    return () => this.#queueListeners.delete(listener);
  }

  /** Nothing opens a file from outside a browser's page. */
  onOpen(): () => void {
    return () => undefined;
  }

  /** A browser's page has no menu of its own. */
  onCommand(): () => void {
    return () => undefined;
  }

  async #call<C extends HostCall>(
    name: C,
    ...args: HostArguments<C>
  ): Promise<Awaited<ReturnType<ClearcutApi[C]>>> {
    const outcome = await this.#rpc.call(name, args);
    return valueOf(outcome) as Awaited<ReturnType<ClearcutApi[C]>>;
  }

  #tell(event: JobEvent): void {
    if (event.type === 'done' || event.type === 'failed' || event.type === 'cancelled') {
      this.#running.delete(event.jobId);
    }
    for (const listener of this.#listeners) listener(event);
  }

  #connect(): void {
    const socket = new WebSocket(`ws://${location.host}/page`);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (this.#goneTimer !== null) clearTimeout(this.#goneTimer);
      this.#goneTimer = null;
      for (const text of this.#outbox.splice(0)) socket.send(text);
    });
    socket.addEventListener('message', ({ data }) => {
      this.#hear(String(data));
    });
    socket.addEventListener('close', () => {
      // What was asked over the old line is answered by nobody.
      void this.#rpc.$rejectPendingCalls(({ reject }) => {
        reject(new UserError('engine-lost', GONE));
      });
      this.#outbox.length = 0;
      this.#goneTimer ??= setTimeout(() => {
        this.#giveUp();
      }, GONE_AFTER_MS);
      setTimeout(() => {
        this.#connect();
      }, RECONNECT_MS);
    });
  }

  #giveUp(): void {
    for (const jobId of [...this.#running]) {
      this.#tell({ type: 'failed', jobId, error: { code: 'engine-lost', message: GONE } });
    }
  }
}

/** fetch, with a failure in plain words. */
async function reach(address: string): Promise<Response> {
  try {
    return await fetch(address);
  } catch (cause) {
    throw new UserError('engine-lost', GONE, { cause });
  }
}

/** What the server sends as the answer to a call. @throws what it refuses */
async function bytesOf<C extends HostCall>(name: C, ...args: HostArguments<C>): Promise<Uint8Array> {
  const response = await reach(
    `/bytes/${name}?${new URLSearchParams({ args: JSON.stringify(args) }).toString()}`,
  );
  if (!response.ok) valueOf((await response.json()) as Outcome);
  return new Uint8Array(await response.arrayBuffer());
}

/** Sends files one after the other; `onUpload` hears of all of them together. */
async function uploadAll(
  files: readonly File[],
  onUpload?: (fraction: number) => void,
): Promise<readonly string[]> {
  const all = files.reduce((sum, { size }) => sum + size, 0);
  const paths: string[] = [];
  let before = 0;
  for (const file of files) {
    const sent = before;
    paths.push(await upload(file, (part) => onUpload?.(all > 0 ? (sent + part * file.size) / all : 0)));
    before += file.size;
  }
  return paths;
}

const MEDIA = [
  'video/*',
  'image/*',
  ...[...VIDEO_EXTENSIONS, ...STILL_EXTENSIONS].map((name) => `.${name}`),
].join(',');

/** The browser's file chooser; none if it is dismissed. */
function chooseFiles(accept: string, multiple: boolean): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.multiple = multiple;
    input.hidden = true;
    const end = (files: readonly File[]): void => {
      input.remove();
      resolve(files);
    };
    input.addEventListener('change', () => {
      end([...(input.files ?? [])]);
    });
    input.addEventListener('cancel', () => {
      end([]);
    });
    document.body.append(input);
    input.click();
  });
}

function download(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
