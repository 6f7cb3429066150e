import { dialog, shell, type BrowserWindow } from 'electron';
import { version } from '../../package.json';
import type { HostCalls, PageEngine } from '../host';
import { extensionOf, STILL_EXTENSIONS, VIDEO_EXTENSIONS } from '../shared';

/** Asks for a video or an image with the system's dialog; null if it is dismissed. */
export async function askForInput(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Choose a video',
    properties: ['openFile'],
    filters: [
      { name: 'Videos and images', extensions: [...VIDEO_EXTENSIONS, ...STILL_EXTENSIONS] },
      { name: 'All files', extensions: ['*'] },
    ],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** The desktop's answers to a page. */
export function desktopCalls(pages: PageEngine, window: () => BrowserWindow): HostCalls {
  return {
    host: async () => ({ kind: 'desktop', version, canReveal: true }),
    facts: () => pages.facts(),
    models: () => pages.models(),
    chooseInput: async () => {
      const path = await askForInput(window());
      return path === null ? null : pages.admitInput(path);
    },
    probe: (path) => pages.probe(path),
    poster: (path, seconds, maxWidth) => pages.poster(path, seconds, maxWidth),
    suggestOutput: (input, stages, codec) => pages.suggestOutput(input, stages, codec),
    chooseOutput: async (suggested) => {
      const extension = extensionOf(suggested);
      const { canceled, filePath } = await dialog.showSaveDialog(window(), {
        title: 'Save the result as',
        defaultPath: suggested,
        filters: [
          { name: extension.toUpperCase(), extensions: [extension] },
          { name: 'All files', extensions: ['*'] },
        ],
        properties: ['showOverwriteConfirmation', 'createDirectory'],
      });
      return canceled || filePath === '' ? null : pages.admitOutput(filePath);
    },
    start: (request) => pages.start(request),
    startPreview: (request) => pages.startPreview(request),
    takePreview: (jobId) => pages.takePreview(jobId),
    cancel: (jobId) => pages.cancel(jobId),
    pause: (jobId) => pages.pause(jobId),
    unpause: (jobId) => pages.unpause(jobId),
    reveal: async (path) => {
      shell.showItemInFolder(pages.result(path));
    },
  };
}
