import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { version } from '../../package.json';
import { spawnEngine } from '../engine';
import {
  ExportQueue,
  JobLog,
  KeptEngine,
  KeptFile,
  KeptNowhere,
  pageHeaders,
  PageEngine,
  PreferencesStore,
  readAsset,
  type HostCalls,
} from '../host';
import {
  outcomeOf,
  parseHostArguments,
  UserError,
  type ErrorData,
  type HostCall,
  type JobEvent,
  type Outcome,
  type QueueChange,
  type QueueItem,
  type QueueSnapshot,
} from '../shared';
import { Downloads } from './downloads';
import { Guard } from './guard';
import { PageSession } from './page-session';
import { defaultResultsFolder } from './results-folder';
import { stateFolder } from './state-folder';
import { Uploads } from './uploads';

export interface ServeOptions {
  /** On 127.0.0.1; 0 for a free one. */
  readonly port: number;
  /** Open the browser too. */
  readonly open: boolean;
  /** Where results go; default: a Clearcut folder among the user's videos. */
  readonly resultsFolder?: string;
}

export interface RunningServer {
  /** The address to open; the secret in it lets one person in. */
  readonly url: string;
  readonly resultsFolder: string;
  /** Cancels what runs (finished segments stay) and removes uploads. */
  close(): Promise<void>;
}

/** Calls are file paths and settings, for thousands of jobs at a time. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Calls that give bytes travel beside the line, by GET. */
const BYTE_CALLS = {
  poster: 'application/octet-stream',
  frames: 'application/octet-stream',
  peaks: 'application/octet-stream',
  sound: 'audio/wav',
  takePreview: 'video/mp4',
  takePreviewFrame: 'application/octet-stream',
} as const satisfies Partial<Record<HostCall, string>>;
type ByteCall = keyof typeof BYTE_CALLS;
/** The built window beside the bundle that this file ends up in. */
const PAGE_ROOT = fileURLToPath(new URL('../renderer/', import.meta.url));

/**
 * Clearcut's window for a browser on this computer.
 * @throws UserError bad-usage where the port is taken
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const resultsFolder = resolve(options.resultsFolder ?? defaultResultsFolder());
  const server = createServer();
  const port = await listen(server, options.port);
  const uploads = await Uploads.create();
  let leaveRoom = false;
  const exporting = new KeptEngine(() => spawnEngine({ leaveRoom }));
  const looking = new KeptEngine(() => spawnEngine());
  // Uploads go with the server, and so do the jobs that are made of them.
  const queue = await ExportQueue.open(exporting, new KeptNowhere(), new JobLog(null));
  queue.onChange((change) => {
    if (change.type === 'settings') ({ leaveRoom } = change.settings);
  });
  const preferences = await PreferencesStore.open(new KeptFile(join(stateFolder(), 'preferences.json')));
  const app = new WebHost(new Guard(port), uploads, looking, queue, preferences, resultsFolder);
  server.on('request', (request, response) => void app.answer(request, response));
  server.on('upgrade', (request, socket, head) => {
    app.upgrade(request, socket, head);
  });
  if (options.open) openBrowser(app.url);
  return {
    url: app.url,
    resultsFolder,
    close: async () => {
      app.close();
      server.close();
      server.closeAllConnections();
      await queue.close();
      await Promise.all([exporting.close(), looking.close()]);
      await app.removePreviews();
      await uploads.remove();
    },
  };
}

class WebHost {
  readonly #pages: PageEngine;
  readonly #downloads = new Downloads();
  readonly #sessions = new Set<PageSession>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  /** The newest word on each preview, for a page whose line was cut meanwhile. */
  readonly #lastEvents = new Map<string, JobEvent>();
  /** Files travel beside the line: what is chosen comes by PUT, bytes and results go by GET. */
  readonly #calls: Partial<HostCalls>;

  constructor(
    private readonly guard: Guard,
    private readonly uploads: Uploads,
    looking: KeptEngine,
    queue: ExportQueue,
    preferences: PreferencesStore,
    resultsFolder: string,
  ) {
    const pages = new PageEngine(looking, queue, () => resultsFolder);
    this.#pages = pages;
    this.#calls = {
      host: async () => ({
        kind: 'web',
        version,
        platform: 'linux',
        canReveal: false,
        whenDone: ['nothing'],
        updates: false,
        languages: [],
      }),
      facts: () => pages.facts(),
      models: () => pages.models(),
      probe: (path) => pages.probe(path),
      suggestOutput: (input, stages, codec) => pages.suggestOutput(input, stages, codec),
      space: (output) => pages.space(output),
      queue: async () => this.#tidySnapshot(pages.queue),
      changeQueue: (command) => pages.changeQueue(command),
      queueLog: async (id) => this.uploads.withoutFolder(await pages.queueLog(id)),
      startPreview: (request) => pages.startPreview(request),
      startObjects: (request) => pages.startObjects(request),
      cancel: (jobId) => pages.cancel(jobId),
      preferences: async () => preferences.current,
      changePreferences: (change) => preferences.change(change),
    };
    looking.onJobEvent((event) => {
      const told = event.type === 'failed' ? { ...event, error: this.#tidyError(event.error) } : event;
      if (told.type !== 'note') this.#lastEvents.set(told.jobId, told);
      for (const session of this.#sessions) session.tell(told);
    });
    queue.onChange((change) => {
      const told = this.#tidyChange(change);
      for (const session of this.#sessions) session.tellQueue(told);
    });
  }

  get url(): string {
    return this.guard.url;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '' } = request.headers;
    for (const [name, value] of Object.entries(pageHeaders({ connect: [`ws://${host}`] })))
      response.setHeader(name, value);
    const url = addressOf(request);
    const changes = request.method !== 'GET';
    const entering =
      url?.pathname === '/' && !changes && this.guard.tokenAllowed(url.searchParams.get('token'));
    // Whoever has the address may follow it from anywhere: a chat, a mail, a note.
    const from = entering ? 'anywhere' : changes ? 'stated' : 'own';
    if (!url || !this.guard.hostAllowed(request) || !this.guard.originAllowed(request, from)) {
      refuse(response, 403, 'Clearcut answers only pages of its own.');
      return;
    }
    if (entering) response.setHeader('set-cookie', this.guard.setCookie);
    else if (!this.guard.cookieAllowed(request)) {
      refuse(response, 403, 'Open the address that "clearcut serve" printed: it holds the key to this page.');
      return;
    }
    try {
      await this.#route(request, url, response);
    } catch {
      if (!response.headersSent) refuse(response, 500, 'Something went wrong in Clearcut.');
      else response.destroy();
    }
  }

  /** Opens a page's line. Browsers let any site try, so the origin must be stated and ours. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const allowed =
      this.guard.hostAllowed(request) &&
      this.guard.originAllowed(request, 'stated') &&
      this.guard.cookieAllowed(request) &&
      addressOf(request)?.pathname === '/page';
    if (!allowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (line) => {
      const session = new PageSession(line, this.#calls, (outcome) => this.#tidy(outcome));
      this.#sessions.add(session);
      line.on('close', () => this.#sessions.delete(session));
      line.on('error', () => {
        line.terminate();
      });
      for (const event of this.#lastEvents.values()) session.tell(event);
      session.tellQueue({ type: 'snapshot', snapshot: this.#tidySnapshot(this.#pages.queue) });
    });
  }

  removePreviews(): Promise<void> {
    return this.#pages.removePreviews();
  }

  close(): void {
    for (const line of this.#sockets.clients) line.terminate();
    this.#sockets.close();
  }

  async #route(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    if (request.method === 'PUT' && url.pathname === '/upload') {
      await this.#upload(request, url, response);
    } else if (request.method !== 'GET') {
      refuse(response, 405, 'There is nothing of that kind here.');
    } else if (url.pathname.startsWith('/bytes/')) {
      await this.#bytes(url, response);
    } else if (url.pathname === '/offer') {
      const path = url.searchParams.get('path') ?? '';
      answerJson(
        response,
        this.#tidy(await outcomeOf(async () => this.#downloads.offer(this.#pages.result(path)))),
      );
    } else if (url.pathname.startsWith('/download/')) {
      if (!(await this.#downloads.send(url.pathname, response))) refuse(response, 404, 'That file is gone.');
    } else {
      const asset = await readAsset(PAGE_ROOT, url.pathname);
      if (!asset) refuse(response, 404, 'There is no such page.');
      else
        response.writeHead(200, { 'content-type': asset.type, 'cache-control': 'no-cache' }).end(asset.bytes);
    }
  }

  async #upload(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const outcome = await outcomeOf(async () => {
      const size = Number(request.headers['content-length']);
      if (!Number.isSafeInteger(size)) throw new UserError('bad-usage', 'The upload does not say its size.');
      const name = url.searchParams.get('name') ?? '';
      return this.#pages.admitInput(await this.uploads.receive(name, size, request));
    });
    // A refused body is not read to its end: the connection can't be used again.
    if (!outcome.ok) response.setHeader('connection', 'close');
    answerJson(response, this.#tidy(outcome));
  }

  async #bytes(url: URL, response: ServerResponse): Promise<void> {
    const name = url.pathname.slice('/bytes/'.length);
    if (!isByteCall(name)) {
      refuse(response, 404, 'There is no such page.');
      return;
    }
    const outcome = await outcomeOf(async () => {
      const args = parseHostArguments(name, JSON.parse(url.searchParams.get('args') ?? '[]'));
      const pages = this.#pages as unknown as Record<ByteCall, (...values: unknown[]) => Promise<Uint8Array>>;
      return pages[name](...args);
    });
    if (!outcome.ok) {
      answerJson(response, this.#tidy(outcome), 422);
      return;
    }
    response
      .writeHead(200, { 'content-type': BYTE_CALLS[name], 'cache-control': 'no-store' })
      .end(outcome.value);
  }

  #tidyChange(change: QueueChange): QueueChange {
    if (change.type === 'changed') {
      return { ...change, items: change.items.map((item) => this.#tidyItem(item)) };
    }
    return change;
  }

  #tidySnapshot(snapshot: QueueSnapshot): QueueSnapshot {
    return { ...snapshot, items: snapshot.items.map((item) => this.#tidyItem(item)) };
  }

  #tidyItem(item: QueueItem): QueueItem {
    return item.error ? { ...item, error: this.#tidyError(item.error) } : item;
  }

  #tidy<T>(outcome: Outcome<T>): Outcome<T> {
    return outcome.ok ? outcome : { ok: false, error: this.#tidyError(outcome.error) };
  }

  /** Errors as the page may see them: without the place of uploads, and without stacks. */
  #tidyError({ code, message }: ErrorData): ErrorData {
    return { code, message: this.uploads.withoutFolder(message) };
  }
}

function isByteCall(name: string): name is ByteCall {
  return Object.hasOwn(BYTE_CALLS, name);
}

async function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolvePort, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const words =
        cause.code === 'EADDRINUSE'
          ? `Port ${port} is taken: choose another with --port, or leave it out.`
          : `Can't listen on port ${port}: choose another with --port.`;
      reject(new UserError('bad-usage', words, { cause }));
    });
    server.listen(port, '127.0.0.1', () => {
      resolvePort((server.address() as AddressInfo).port);
    });
  });
}

/** The address asked for, or null for what is none. */
function addressOf(request: IncomingMessage): URL | null {
  const target = request.url ?? '';
  // A path alone: "//host/…" and "http://…" would name another server.
  if (!/^\/(?!\/)/.test(target)) return null;
  return URL.canParse(target, 'http://127.0.0.1') ? new URL(target, 'http://127.0.0.1') : null;
}

function refuse(response: ServerResponse, status: number, words: string): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    .end(`${words}\n`);
}

function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(JSON.stringify(value));
}

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(command ?? 'xdg-open', args, { stdio: 'ignore', detached: true });
  // Without a desktop there is nothing to open it with; the address stands in the terminal.
  child.on('error', () => undefined);
  child.unref();
}
