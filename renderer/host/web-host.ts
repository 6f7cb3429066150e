import { createBirpc } from 'birpc';
import {
  STILL_EXTENSIONS,
  UserError,
  valueOf,
  VIDEO_EXTENSIONS,
  type ClearcutApi,
  type DroppedFile,
  type EngineFacts,
  type HostArguments,
  type HostCall,
  type HostInfo,
  type JobEvent,
  type JobRequest,
  type MediaInfo,
  type ModelManifest,
  type Codec,
  type Outcome,
  type PreviewRequest,
  type StageRequest,
} from '../../app/shared';
import { upload } from './upload';

/** What the server answers and tells; `app/serve/page-session.ts` is the other side. */
interface ServerWire {
  call(name: string, args: readonly unknown[]): Promise<Outcome>;
}
interface PageWire {
  jobEvent(event: JobEvent): void;
}

const RECONNECT_MS = 1000;
/** A server that stays away longer than this has ended: its jobs have too. */
const GONE_AFTER_MS = 15_000;
const GONE =
  'Clearcut\'s server has ended or can\'t be reached. Start "clearcut serve" again: finished work is kept.';

/** `window.clearcut` in a browser: calls and events over one WebSocket, files beside it. */
export class WebHost implements ClearcutApi {
  readonly #listeners = new Set<(event: JobEvent) => void>();
  /** Jobs that this page started and that have not ended. */
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

  async chooseInput(onUpload?: (fraction: number) => void): Promise<string | null> {
    const file = await chooseFile();
    return file && upload(file, onUpload);
  }

  pathOfDrop(file: DroppedFile, onUpload?: (fraction: number) => void): Promise<string> {
    return upload(file as File, onUpload);
  }

  probe(path: string): Promise<MediaInfo> {
    return this.#call('probe', path);
  }

  async poster(path: string, seconds: number, maxWidth: number): Promise<Uint8Array> {
    const query = new URLSearchParams({ path, seconds: String(seconds), width: String(maxWidth) });
    return bytesAt(`/poster?${query.toString()}`);
  }

  suggestOutput(input: string, stages: readonly StageRequest[], codec: Codec): Promise<string> {
    return this.#call('suggestOutput', input, stages, codec);
  }

  chooseOutput(): Promise<null> {
    return Promise.resolve(null);
  }

  start(request: JobRequest): Promise<string> {
    return this.#follow(this.#call('start', request));
  }

  startPreview(request: PreviewRequest): Promise<string> {
    return this.#follow(this.#call('startPreview', request));
  }

  takePreview(jobId: string): Promise<Uint8Array> {
    return bytesAt(`/preview?${new URLSearchParams({ job: jobId }).toString()}`);
  }

  cancel(jobId: string): Promise<void> {
    return this.#call('cancel', jobId);
  }

  pause(jobId: string): Promise<void> {
    return this.#call('pause', jobId);
  }

  unpause(jobId: string): Promise<void> {
    return this.#call('unpause', jobId);
  }

  async reveal(path: string): Promise<void> {
    const response = await reach(`/offer?${new URLSearchParams({ path }).toString()}`);
    const link = document.createElement('a');
    link.href = valueOf((await response.json()) as Outcome<string>);
    link.download = '';
    link.click();
  }

  onJobEvent(listener: (event: JobEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nothing opens a file from outside a browser's page. */
  onOpen(): () => void {
    return () => undefined;
  }

  async #call<C extends HostCall>(
    name: C,
    ...args: HostArguments<C>
  ): Promise<Awaited<ReturnType<ClearcutApi[C]>>> {
    const outcome = await this.#rpc.call(name, args);
    return valueOf(outcome) as Awaited<ReturnType<ClearcutApi[C]>>;
  }

  async #follow(started: Promise<string>): Promise<string> {
    const jobId = await started;
    this.#running.add(jobId);
    return jobId;
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

/** What the server sends from `address`. @throws what it refuses */
async function bytesAt(address: string): Promise<Uint8Array> {
  const response = await reach(address);
  if (!response.ok) valueOf((await response.json()) as Outcome);
  return new Uint8Array(await response.arrayBuffer());
}

/** The browser's file chooser; null if it is dismissed. */
function chooseFile(): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = [
      'video/*',
      'image/*',
      ...[...VIDEO_EXTENSIONS, ...STILL_EXTENSIONS].map((name) => `.${name}`),
    ].join(',');
    input.hidden = true;
    const end = (file: File | null): void => {
      input.remove();
      resolve(file);
    };
    input.addEventListener('change', () => {
      end(input.files?.[0] ?? null);
    });
    input.addEventListener('cancel', () => {
      end(null);
    });
    document.body.append(input);
    input.click();
  });
}
