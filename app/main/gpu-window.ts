import { BrowserWindow, MessageChannelMain, type MessagePortMain } from 'electron';
import { webPreferences } from './main-window';

/** As the preload of the hidden window hears it. */
const PORT_CHANNEL = 'clearcut:gpuPort';

/**
 * The window that nobody sees: its page has Chromium's WebGPU, and serves it to engines by message ports. Dawn for Node
 * can't run in Electron, which allows no memory from outside V8's own.
 */
export class GpuWindow {
  readonly #preload: string;
  readonly #address: string;
  #window: Promise<BrowserWindow> | null = null;

  constructor(preload: string, address: string) {
    this.#preload = preload;
    this.#address = address;
  }

  /** A line to the page's graphics cards; null where the page does not load. */
  async connect(): Promise<MessagePortMain | null> {
    const window = await (this.#window ??= this.#open()).catch(() => null);
    if (!window) return null;
    const { port1, port2 } = new MessageChannelMain();
    window.webContents.postMessage(PORT_CHANNEL, null, [port1]);
    return port2;
  }

  /** An app with a window that nobody sees would never end. */
  close(): void {
    const opened = this.#window;
    this.#window = null;
    void opened?.then((window) => {
      window.destroy();
    });
  }

  async #open(): Promise<BrowserWindow> {
    const window = new BrowserWindow({
      show: false,
      webPreferences: { ...webPreferences(this.#preload), backgroundThrottling: false },
    });
    // The next engine gets a new page; those that computed on this one see their line end.
    window.webContents.on('render-process-gone', () => {
      this.close();
    });
    await window.loadURL(this.#address);
    return window;
  }
}
