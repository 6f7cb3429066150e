import { BrowserWindow, nativeTheme, type WebPreferences } from 'electron';

/** A page gets no Node, no shared world, and Chromium's own sandbox; all it has is in the preload. */
export function webPreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    spellcheck: false,
  };
}

/** Opens the window; it shows itself when there is something to see. */
export function openMainWindow(preload: string, icon: string | null): BrowserWindow {
  const window = new BrowserWindow({
    width: 1180,
    height: 800,
    minWidth: 760,
    minHeight: 560,
    show: false,
    title: 'Clearcut',
    // The page's own background, so that nothing flashes before its first paint.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14161a' : '#f5f6f8',
    ...(icon === null ? {} : { icon }),
    webPreferences: webPreferences(preload),
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  return window;
}
