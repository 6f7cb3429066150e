import {
  app,
  dialog,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  session,
  shell,
  type BrowserWindow,
} from 'electron';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExportQueue, JobLog, KeptEngine, KeptFile, mediaIn, PageEngine, PreferencesStore } from '../host';
import type { EngineFacts, ModelManifest, QueueEnd, WindowCommand } from '../shared';
import { startEngineProcess } from './engine-process';
import { GpuWindow } from './gpu-window';
import { askForInputs, desktopCalls } from './host-calls';
import { answerPages } from './ipc';
import { openMainWindow } from './main-window';
import { menuTemplate } from './menu';
import { gpuAddress, isOwnPage, pageAddress } from './page-address';
import { servePages } from './page-protocol';
import { guardPermissions } from './permissions';
import { QueueWatch, type WatchState } from './queue-watch';
import { languageFor, SYSTEM_WORDS, type SystemWords } from './words';

// Beside the bundle that this file ends up in.
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const ICON_FILE = at('../../resources/icons/icon.png');
const ICON = existsSync(ICON_FILE) ? ICON_FILE : null;

/** electron-vite's server of pages while developing. */
function developmentServer(): string | undefined {
  return app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
}

/** The running desktop app: one window, an engine for exports and one for what is looked at. */
export class Desktop {
  readonly #pages: PageEngine;
  readonly #watch: QueueWatch;
  #window: BrowserWindow | null = null;
  /** Files that were opened before the page could hear of them. */
  #opened: string[] = [];
  #loaded = false;
  #tellShown: () => void = () => undefined;
  readonly #shown = new Promise<void>((resolve) => (this.#tellShown = resolve));
  #blocker: number | null = null;
  #quitting = false;
  #closed = false;

  private constructor(
    private readonly exporting: KeptEngine,
    private readonly looking: KeptEngine,
    private readonly queue: ExportQueue,
    private readonly preferences: PreferencesStore,
    private readonly gpu: GpuWindow,
  ) {
    this.#pages = new PageEngine(looking, queue);
    this.#watch = new QueueWatch(queue.snapshot, (state) => {
      this.#show(state);
    });
  }

  /** After Electron is ready. */
  static async open(): Promise<Desktop> {
    const folder = app.getPath('userData');
    const preferences = await PreferencesStore.open(new KeptFile(join(folder, 'preferences.json')));
    const engine = at('./engine.js');
    const gpu = new GpuWindow(at('../preload/gpu.cjs'), gpuAddress(developmentServer()));
    let leaveRoom = false;
    const exporting = new KeptEngine(() =>
      startEngineProcess(engine, { name: 'Clearcut export', leaveRoom, gpu }),
    );
    const looking = new KeptEngine(() =>
      startEngineProcess(engine, { name: 'Clearcut preview', leaveRoom: false, gpu }),
    );
    const queue = await ExportQueue.open(
      exporting,
      new KeptFile(join(folder, 'queue.json')),
      new JobLog(join(folder, 'logs')),
    );
    ({ leaveRoom } = queue.settings);
    queue.onChange((change) => {
      if (change.type === 'settings') ({ leaveRoom } = change.settings);
    });
    return new Desktop(exporting, looking, queue, preferences, gpu);
  }

  start(): void {
    const server = developmentServer();
    const own = (address: string): boolean => isOwnPage(address, server);
    servePages(at('../renderer/'));
    guardPermissions(session.defaultSession, own);
    const languages = app.getPreferredSystemLanguages();
    answerPages(
      desktopCalls({
        pages: this.#pages,
        preferences: this.preferences,
        languages,
        icon: ICON,
        window: () => this.#mainWindow(),
        words: () => this.#words(),
        opened: (paths) => this.#remember(paths),
        preferencesChanged: () => {
          this.#followPreferences();
        },
      }),
      async (paths) => this.#remember(await mediaIn(paths)),
      own,
    );
    this.looking.onJobEvent((event) => {
      this.#window?.webContents.send('clearcut:jobEvent', event);
    });
    this.queue.onChange((change) => {
      this.#watch.hear(change);
      this.#window?.webContents.send('clearcut:queueChange', change);
      if (change.type === 'ended') this.#queueEnded(change.end);
    });
    this.#followPreferences();
    this.#openWindow(pageAddress(server));
    app.on('activate', () => {
      if (!this.#window) this.#openWindow(pageAddress(server));
    });
    app.on('window-all-closed', () => {
      // On a Mac an app without windows stays in the Dock.
      if (process.platform !== 'darwin') app.quit();
    });
    app.on('will-quit', (event) => {
      this.#endEnginesFirst(event);
    });
    // A job that ends at that moment can't be paused any more.
    const power = (onBattery: boolean) => (): void =>
      void this.queue.setPower(onBattery).catch(() => undefined);
    powerMonitor.on('on-battery', power(true)).on('on-ac', power(false));
    if (powerMonitor.isOnBatteryPower()) power(true)();
    this.queue.begin();
  }

  /** Files from the command line, "Open with" or the menu. */
  open(paths: readonly string[]): void {
    void this.#remember(paths).then((opened) => {
      this.#opened.push(...opened);
      this.#flushOpened();
    });
  }

  /** What is there, once the window has loaded; for the test of a package. */
  async look(): Promise<{
    readonly facts: EngineFacts;
    readonly models: readonly ModelManifest[];
  }> {
    await this.#shown;
    return { facts: await this.#pages.facts(), models: await this.#pages.models() };
  }

  /** A second start of the app: this one comes to the front. */
  focus(): void {
    const window = this.#window;
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  }

  #words(): SystemWords {
    return SYSTEM_WORDS[languageFor(this.preferences.current.language, app.getPreferredSystemLanguages())];
  }

  async #remember(paths: readonly string[]): Promise<readonly string[]> {
    const opened = paths.map((path) => this.#pages.admitInput(path));
    for (const path of opened.slice(0, 12)) app.addRecentDocument(path);
    // A file is opened even where nothing can be kept of it.
    if (opened.length > 0) await this.preferences.remember(opened).catch(() => undefined);
    return opened;
  }

  /** The menu's language, and light or dark where the user chose. */
  #followPreferences(): void {
    const { theme } = this.preferences.current;
    nativeTheme.themeSource = theme === 'auto' ? 'system' : theme;
    const menu = menuTemplate(process.platform, this.#words(), {
      openFile: () => void this.#askAndOpen(),
      command: (command) => {
        this.#command(command);
      },
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  }

  #command(command: WindowCommand): void {
    this.#window?.webContents.send('clearcut:command', command);
  }

  #mainWindow(): BrowserWindow {
    if (!this.#window) throw new Error('The window is gone.');
    return this.#window;
  }

  #openWindow(address: string): void {
    const window = openMainWindow(at('../preload/index.cjs'), ICON);
    this.#window = window;
    this.#loaded = false;
    window.webContents.on('did-finish-load', () => {
      this.#loaded = true;
      this.#tellShown();
      this.#flushOpened();
    });
    window.on('close', (event) => {
      const { jobs, active } = this.#watch.state;
      if (jobs > 0 && active && !this.#quitting) {
        event.preventDefault();
        void this.#askBeforeClosing(window);
      }
    });
    window.on('closed', () => {
      this.#window = null;
      if (process.platform !== 'darwin') this.gpu.close();
    });
    void window.loadURL(address);
  }

  #flushOpened(): void {
    if (!this.#loaded || !this.#window || this.#opened.length === 0) return;
    this.#window.webContents.send('clearcut:open', this.#opened);
    this.#opened = [];
  }

  async #askAndOpen(): Promise<void> {
    if (!this.#window) return;
    this.open(await askForInputs(this.#window, this.#words()));
  }

  async #askBeforeClosing(window: BrowserWindow): Promise<void> {
    const words = this.#words();
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: words.stillExporting,
      detail: words.keptOnQuit,
      buttons: [words.keepWorking, words.stopAndQuit],
      defaultId: 0,
      cancelId: 0,
    });
    if (response !== 1) return;
    this.#quitting = true;
    app.quit();
  }

  /** Quits when the queue is kept, and the engines have closed their segments and ended their ffmpeg children. */
  #endEnginesFirst(event: { preventDefault(): void }): void {
    if (this.#closed) return;
    event.preventDefault();
    const end = async (): Promise<void> => {
      await this.queue.close();
      await Promise.all([this.exporting.close(), this.looking.close()]);
      this.gpu.close();
      await this.#pages.removePreviews();
    };
    void end().finally(() => {
      this.#closed = true;
      app.quit();
    });
  }

  /** One word for the whole queue, not one a file. */
  #queueEnded(end: QueueEnd): void {
    const { whenDone } = this.queue.settings;
    if (whenDone === 'reveal' && end.output !== null) shell.showItemInFolder(end.output);
    if (whenDone !== 'notify' || !Notification.isSupported()) return;
    const notification = new Notification({
      title: this.#words().queueDone,
      body: this.#words().ended(end),
    });
    notification.on('click', () => {
      this.focus();
      if (end.output !== null) shell.showItemInFolder(end.output);
    });
    notification.show();
    if (this.#window && !this.#window.isFocused()) this.#window.flashFrame(true);
  }

  #show({ active, bar, jobs }: WatchState): void {
    if (active && this.#blocker === null) {
      this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    } else if (!active && this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
    app.setBadgeCount(jobs);
    if (bar) this.#window?.setProgressBar(bar.fraction, { mode: bar.mode });
    else this.#window?.setProgressBar(-1);
  }
}
