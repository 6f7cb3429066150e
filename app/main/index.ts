import { app } from 'electron';
import { Desktop } from './desktop';
import { refuseNavigation } from './navigation';
import { filesOf } from './opened-files';
import { registerPageScheme } from './page-protocol';
import { smokeTest } from './smoke-test';

/** What a second start of the app tells the first one. */
interface SecondStart {
  readonly words: readonly string[];
  readonly folder: string;
}

// These must be done before Electron is ready, without waiting for anything.
registerPageScheme();
app.enableSandbox();
refuseNavigation(app);
// The same as electron-builder's appId: Windows groups windows and notifications by it.
app.setAppUserModelId('app.clearcut.Clearcut');

const words = process.argv.slice(app.isPackaged ? 1 : 2);
const here: SecondStart = { words, folder: process.cwd() };

if (app.requestSingleInstanceLock(here)) {
  let desktop: Desktop | null = null;
  const waiting: string[] = filesOf(words, here.folder);
  const open = (paths: readonly string[]): void => {
    if (desktop) desktop.open(paths);
    else waiting.push(...paths);
  };
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open([path]);
  });
  app.on('second-instance', (_event, _words, _folder, data) => {
    // Chromium reorders the words of a second start; what it says in `data` arrives as it was sent.
    const second = data as SecondStart;
    desktop?.focus();
    open(filesOf(second.words, second.folder));
  });
  // No top-level await: Electron is ready only after this module has run to its end.
  void app.whenReady().then(async () => {
    desktop = await Desktop.open();
    desktop.start();
    desktop.open(waiting);
    if (words.includes('--smoke-test')) void smokeTest(desktop);
  });
} else {
  app.quit();
}
