import { app, dialog, Menu, powerSaveBlocker, session, type BrowserWindow } from 'electron';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KeptEngine, PageEngine } from '../host';
import { startEngineProcess } from './engine-process';
import { askForInput, desktopCalls } from './host-calls';
import { answerPages } from './ipc';
import { JobWatch, type WatchState } from './job-watch';
import { openMainWindow } from './main-window';
import { menuTemplate } from './menu';
import { isOwnPage, pageAddress } from './page-address';
import { servePages } from './page-protocol';
import { guardPermissions } from './permissions';

// Beside the bundle that this file ends up in.
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The running desktop app: one window, one engine. */
export class Desktop {
  readonly #engine = new KeptEngine(() => startEngineProcess(at('./engine.js')));
  readonly #pages = new PageEngine(this.#engine);
  readonly #watch = new JobWatch((state) => {
    this.#show(state);
  });
  #window: BrowserWindow | null = null;
  /** Files that were opened before the page could hear of them. */
  #opened: string[] = [];
  #loaded = false;
  #blocker: number | null = null;
  #quitting = false;

  /** After Electron is ready. */
  start(): void {
    const server = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
    const own = (address: string): boolean => isOwnPage(address, server);
    servePages(at('../renderer/'));
    guardPermissions(session.defaultSession, own);
    answerPages(
      desktopCalls(this.#pages, () => this.#mainWindow()),
      async (path) => this.#pages.admitInput(path),
      own,
    );
    this.#engine.onJobEvent((event) => {
      // A preview is no export: it keeps no window from closing.
      if (!this.#pages.isPreview(event.jobId)) this.#watch.hear(event);
      this.#window?.webContents.send('clearcut:jobEvent', event);
    });
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(menuTemplate(process.platform, () => void this.#askAndOpen())),
    );
    this.#openWindow(pageAddress(server));
    app.on('activate', () => {
      if (!this.#window) this.#openWindow(pageAddress(server));
    });
    app.on('window-all-closed', () => {
      // On a Mac an app without windows stays in the Dock.
      if (process.platform !== 'darwin') app.quit();
    });
    app.on('will-quit', (event) => {
      this.#endEngineFirst(event);
    });
  }

  /** Files from the command line, "Open with" or the menu. */
  open(paths: readonly string[]): void {
    this.#opened.push(...paths.map((path) => this.#pages.admitInput(path)));
    for (const path of paths) app.addRecentDocument(path);
    this.#flushOpened();
  }

  /** A second start of the app: this one comes to the front. */
  focus(): void {
    const window = this.#window;
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  }

  #mainWindow(): BrowserWindow {
    if (!this.#window) throw new Error('The window is gone.');
    return this.#window;
  }

  #openWindow(address: string): void {
    const icon = at('../../resources/icons/icon.png');
    const window = openMainWindow(at('../preload/index.cjs'), existsSync(icon) ? icon : null);
    this.#window = window;
    this.#loaded = false;
    window.webContents.on('did-finish-load', () => {
      this.#loaded = true;
      this.#flushOpened();
    });
    window.on('close', (event) => {
      if (this.#watch.state.jobs > 0 && !this.#quitting) {
        event.preventDefault();
        void this.#askBeforeClosing(window);
      }
    });
    window.on('closed', () => {
      this.#window = null;
    });
    void window.loadURL(address);
  }

  #flushOpened(): void {
    // One window shows one file: the last one that was opened.
    const path = this.#opened.at(-1);
    if (!this.#loaded || !this.#window || path === undefined) return;
    this.#opened = [];
    this.#window.webContents.send('clearcut:open', path);
  }

  async #askAndOpen(): Promise<void> {
    if (!this.#window) return;
    const path = await askForInput(this.#window);
    if (path !== null) this.open([path]);
  }

  async #askBeforeClosing(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: 'A video is still being exported.',
      detail: 'If you stop now, what is finished is kept: starting the same job again goes on from there.',
      buttons: ['Keep working', 'Stop and quit'],
      defaultId: 0,
      cancelId: 0,
    });
    if (response !== 1) return;
    this.#quitting = true;
    app.quit();
  }

  /** Quits when the engine has closed its segments and ended its ffmpeg children. */
  #endEngineFirst(event: { preventDefault(): void }): void {
    if (this.#engine.closed) return;
    event.preventDefault();
    void this.#engine.close().finally(() => {
      app.quit();
    });
  }

  #show({ active, bar }: WatchState): void {
    if (active && this.#blocker === null) {
      this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    } else if (!active && this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
    if (bar) this.#window?.setProgressBar(bar.fraction, { mode: bar.mode });
    else this.#window?.setProgressBar(-1);
  }
}
