import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';

/**
 * Stands in for the `electron` module, so that the built main and preload bundles run in a plain Node:
 * windows are recorded, calls between page and main are wired together with copies of what they carry,
 * the engine's utilityProcess is a forked Node. What Electron itself guarantees is not tested here.
 */

type Handler = (event: unknown, ...args: unknown[]) => unknown;
type Listener = (...args: never[]) => unknown;

export class StandInContents extends EventEmitter {
  readonly mainFrame: { url: string } = { url: '' };
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  /** The preload's side of the line; set when the preload runs. */
  page: EventEmitter | null = null;

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }

  /** Drags out of the window. */
  readonly drags: { file: string; files: string[]; icon: unknown }[] = [];

  startDrag(drag: StandInContents['drags'][number]): void {
    this.drags.push(drag);
  }

  /** Ports that were sent to the page. */
  readonly ports: unknown[] = [];

  postMessage(_channel: string, _message: unknown, ports: readonly unknown[]): void {
    this.ports.push(...ports);
  }

  send(channel: string, ...args: unknown[]): void {
    this.page?.emit(channel, { sender: this }, ...structuredClone(args));
  }
}

export class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents();
  readonly progress: { fraction: number; mode: string | undefined }[] = [];
  shown = false;
  focused = 0;
  closed = false;
  flashed = false;

  constructor(
    private readonly electron: StandIn,
    readonly options: { webPreferences: Record<string, unknown> } & Record<string, unknown>,
  ) {
    super();
    electron.windows.push(this);
    electron.app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    const answer = await this.electron.fetchPage(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    this.electron.runPreload(this);
    if (!url.endsWith('/gpu.html')) this.electron.pageScript(this.electron.exposed);
    this.emit('ready-to-show');
    this.webContents.emit('did-finish-load');
  }

  show(): void {
    this.shown = true;
  }
  focus(): void {
    this.focused += 1;
  }
  isMinimized(): boolean {
    return false;
  }
  isFocused(): boolean {
    return false;
  }
  flashFrame(on: boolean): void {
    this.flashed = on;
  }
  setProgressBar(fraction: number, options?: { mode: string }): void {
    this.progress.push({ fraction, mode: options?.mode });
  }

  destroy(): void {
    this.closed = true;
    this.emit('closed');
  }

  /** As the user closes it. True where nothing held it back. */
  close(): boolean {
    const event = new StandInEvent();
    this.emit('close', event);
    if (event.prevented) return false;
    this.closed = true;
    this.emit('closed');
    return true;
  }
}

/** An event that can be prevented. */
export class StandInEvent {
  prevented = false;
  preventDefault(): void {
    this.prevented = true;
  }
}

class StandInApp extends EventEmitter {
  readonly isPackaged = false;
  readonly calls: string[] = [];
  readonly recent: string[] = [];
  readonly ready: Promise<void>;
  becomeReady: () => void = () => undefined;
  /** Resolves when nothing holds the app back from quitting. */
  readonly hasQuit: Promise<void>;
  #quit: () => void = () => undefined;

  constructor(private readonly windows: StandInWindow[]) {
    super();
    this.ready = new Promise((resolve) => (this.becomeReady = resolve));
    this.hasQuit = new Promise((resolve) => (this.#quit = resolve));
  }

  enableSandbox(): void {
    this.calls.push('enableSandbox');
  }
  setAppUserModelId(): void {
    this.calls.push('setAppUserModelId');
  }
  requestSingleInstanceLock(): boolean {
    this.calls.push('requestSingleInstanceLock');
    return true;
  }
  whenReady(): Promise<void> {
    this.calls.push('whenReady');
    return this.ready;
  }
  /** Where the app keeps what it keeps; the test says where. */
  userData = '';
  badge = 0;
  getPath(name: string): string {
    if (name !== 'userData') throw new Error(name);
    return this.userData;
  }
  async getFileIcon(path: string): Promise<{ isEmpty(): boolean; of: string }> {
    return { isEmpty: () => path.endsWith('.mov'), of: path };
  }
  getPreferredSystemLanguages(): string[] {
    return ['en-GB'];
  }
  setBadgeCount(count: number): void {
    this.badge = count;
  }
  addRecentDocument(path: string): void {
    this.recent.push(path);
  }

  exitCode: number | null = null;
  exit(code: number): void {
    this.exitCode = code;
  }

  quit(): void {
    if (!this.windows.every((window) => window.closed || window.close())) return;
    const event = new StandInEvent();
    this.emit('will-quit', event);
    if (!event.prevented) this.#quit();
  }
}

class StandInNotification extends EventEmitter {
  shown = false;
  constructor(readonly options: { readonly title: string; readonly body: string }) {
    super();
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    this.shown = true;
  }
}

class StandInChild extends EventEmitter {
  readonly #child: ChildProcess;
  constructor(
    entry: string,
    readonly options: { readonly serviceName: string; readonly env?: NodeJS.ProcessEnv },
  ) {
    super();
    this.#child = fork(entry, [], {
      ...(options.env === undefined ? {} : { env: options.env }),
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code) => this.emit('exit', code ?? 1));
  }
  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }
  postMessage(message: object): void {
    if (this.#child.connected) this.#child.send(message);
  }
  kill(): boolean {
    return this.#child.kill();
  }
}

export class StandIn {
  readonly windows: StandInWindow[] = [];
  readonly app = new StandInApp(this.windows);
  readonly handlers = new Map<string, Handler>();
  readonly schemes: unknown[] = [];
  readonly engines: StandInChild[] = [];
  readonly revealed: string[] = [];
  /** What the user answers in the next dialogs. */
  readonly answers: unknown[] = [];
  readonly asked: { kind: string; options: Record<string, unknown> }[] = [];
  readonly blockers = new Set<number>();
  readonly power = Object.assign(new EventEmitter(), { isOnBatteryPower: () => false });
  readonly notifications: StandInNotification[] = [];
  readonly nativeTheme = { shouldUseDarkColors: false, themeSource: 'system' };
  menu: { label?: string; role?: string; submenu?: { label?: string; click?: () => void }[] }[] = [];
  permission: Record<'request' | 'check' | 'device', Listener | null> = {
    request: null,
    check: null,
    device: null,
  };
  /** What the preload showed to the page. */
  exposed: Record<string, unknown> = {};
  /** What the page does when it runs, with what was shown to it. */
  pageScript: (exposed: Record<string, unknown>) => void = () => undefined;
  #protocol: ((request: Request) => Promise<Response>) | null = null;
  #blockers = 0;

  /** What `import … from 'electron'` gives in the main process. */
  main(): Record<string, unknown> {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the window's constructor is called by the bundle
    const electron = this;
    const ask = async (kind: string, options: Record<string, unknown>): Promise<unknown> => {
      this.asked.push({ kind, options });
      return this.answers.shift();
    };
    return {
      app: this.app,
      BrowserWindow: class extends StandInWindow {
        constructor(options: StandInWindow['options']) {
          super(electron, options);
        }
      },
      dialog: {
        showOpenDialog: (_: unknown, options: Record<string, unknown>) => ask('open', options),
        showSaveDialog: (_: unknown, options: Record<string, unknown>) => ask('save', options),
        showMessageBox: (_: unknown, options: Record<string, unknown>) => ask('message', options),
      },
      ipcMain: { handle: (channel: string, handler: Handler) => this.handlers.set(channel, handler) },
      Menu: {
        buildFromTemplate: (template: unknown) => template,
        setApplicationMenu: (menu: StandIn['menu']) => (this.menu = menu),
      },
      MessageChannelMain: class {
        readonly port1 = {};
        readonly port2 = {};
      },
      nativeImage: { createEmpty: () => ({ isEmpty: () => true }) },
      nativeTheme: this.nativeTheme,
      Notification: class extends StandInNotification {
        constructor(options: StandInNotification['options']) {
          super(options);
          electron.notifications.push(this);
        }
      },
      powerMonitor: this.power,
      powerSaveBlocker: {
        start: (kind: string) => {
          if (kind !== 'prevent-app-suspension') throw new Error(kind);
          this.blockers.add((this.#blockers += 1));
          return this.#blockers;
        },
        stop: (id: number) => this.blockers.delete(id),
      },
      protocol: {
        registerSchemesAsPrivileged: (schemes: unknown[]) => this.schemes.push(...schemes),
        handle: (_: string, handler: (request: Request) => Promise<Response>) => (this.#protocol = handler),
      },
      session: {
        defaultSession: {
          setPermissionRequestHandler: (handler: Listener) => (this.permission.request = handler),
          setPermissionCheckHandler: (handler: Listener) => (this.permission.check = handler),
          setDevicePermissionHandler: (handler: Listener) => (this.permission.device = handler),
        },
      },
      shell: { showItemInFolder: (path: string) => this.revealed.push(path) },
      utilityProcess: {
        fork: (entry: string, _words: string[], options: StandInChild['options']) => {
          const child = new StandInChild(entry, options);
          this.engines.push(child);
          return child;
        },
      },
    };
  }

  /** As a page fetches an address of ours. */
  async fetchPage(url: string, method = 'GET'): Promise<Response> {
    if (!this.#protocol) throw new Error('no protocol handler');
    // Request would tidy the address; Chromium hands over what it parsed itself.
    return this.#protocol({ url, method } as Request);
  }

  /** A page's call as it reaches the main process. */
  async invoke(channel: string, args: unknown[], event: unknown): Promise<unknown> {
    const handler = this.handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return structuredClone(await handler(event, ...structuredClone(args)));
  }

  /** Runs the built preload the way a sandboxed window does: `electron` is all it can require. */
  runPreload(window: StandInWindow): void {
    const { webContents } = window;
    const line = new EventEmitter();
    webContents.page = line;
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name: string, api: unknown) => (this.exposed = { ...this.exposed, [name]: api }),
      },
      ipcRenderer: Object.assign(line, {
        invoke: (channel: string, ...args: unknown[]) =>
          this.invoke(channel, args, { sender: webContents, senderFrame: webContents.mainFrame }),
      }),
      // A File of the page knows its path here; anything else has none.
      webUtils: { getPathForFile: (file: { realPath?: string }) => file.realPath ?? '' },
    };
    const require = (name: string): unknown => {
      if (name !== 'electron') throw new Error(`module not found: ${name}`);
      return electron;
    };
    const code = readFileSync(window.options.webPreferences['preload'] as string, 'utf8');
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the preload is a CommonJS script
    (new Function('require', 'module', 'exports', code) as (...args: unknown[]) => void)(
      require,
      { exports: {} },
      {},
    );
  }
}

/**
 * Starts the built main process on a stand-in; `words` are what stands behind the app on the command line, `userData` is
 * where it keeps things.
 */
export async function startMain(bundle: URL, words: readonly string[], userData: string): Promise<StandIn> {
  const electron = new StandIn();
  electron.app.userData = userData;
  const key = 'clearcut.electron';
  (globalThis as Record<symbol, unknown>)[Symbol.for(key)] = electron.main();
  const names = Object.keys(electron.main()).join(', ');
  const module = dataUrl(`export const { ${names} } = globalThis[Symbol.for('${key}')];`);
  register(
    dataUrl(`export const resolve = (name, context, next) => name === 'electron'
      ? { url: ${JSON.stringify(module)}, shortCircuit: true }
      : next(name, context);`),
    import.meta.url,
  );
  process.argv = [process.argv[0] ?? 'node', 'app', ...words];
  const nativeImport = createRequire(import.meta.url)('./native-import.cjs') as (
    url: string,
  ) => Promise<unknown>;
  await nativeImport(bundle.href);
  return electron;
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
