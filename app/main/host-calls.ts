import { dialog, shell, type BrowserWindow } from 'electron';
import manifest from '../../package.json';
import { findUpdate, readPresetFile, writePresetFile, type HostCalls, type PageEngine } from '../host';
import type { PreferencesStore } from '../host';
import { extensionOf, STILL_EXTENSIONS, UserError, VIDEO_EXTENSIONS, type WhenDone } from '../shared';
import { dragOut } from './drag-out';
import { canSleep, sleepNow } from './system-sleep';
import type { SystemWords } from './words';

const { version } = manifest;
/** Where newer versions are published, said by whoever builds the packages. */
const updates = manifest.updates as string | null;

const PLATFORMS: Readonly<Partial<Record<NodeJS.Platform, 'mac' | 'windows'>>> = {
  darwin: 'mac',
  win32: 'windows',
};

/** Asks for videos and images with the system's dialog; none if it is dismissed. */
export async function askForInputs(window: BrowserWindow, words: SystemWords): Promise<readonly string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: words.chooseVideos,
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: words.videosAndImages, extensions: [...VIDEO_EXTENSIONS, ...STILL_EXTENSIONS] },
      { name: words.allFiles, extensions: ['*'] },
    ],
  });
  return canceled ? [] : filePaths;
}

/** What the answers to a page are made of. */
export interface DesktopParts {
  readonly pages: PageEngine;
  readonly preferences: PreferencesStore;
  readonly languages: readonly string[];
  /** The app's own icon, as a file; null where it isn't there. */
  readonly icon: string | null;
  window(): BrowserWindow;
  words(): SystemWords;
  /** Files that the user opened: they may be named, and are remembered. */
  opened(paths: readonly string[]): Promise<readonly string[]>;
  /** After a change of what the system shows. */
  preferencesChanged(): void;
}

/** The desktop's answers to a page. */
export function desktopCalls(parts: DesktopParts): HostCalls {
  const { pages, preferences } = parts;
  const presetFilters = (): { name: string; extensions: string[] }[] => [
    { name: parts.words().presets, extensions: ['json'] },
  ];
  const whenDone: readonly WhenDone[] = [
    'nothing',
    'notify',
    'reveal',
    ...(canSleep() ? (['sleep'] as const) : []),
  ];
  return {
    host: async () => ({
      kind: 'desktop',
      version,
      platform: PLATFORMS[process.platform] ?? 'linux',
      canReveal: true,
      whenDone,
      updates: updates !== null,
      languages: parts.languages,
    }),
    facts: () => pages.facts(),
    models: () => pages.models(),
    chooseInputs: async () => parts.opened(await askForInputs(parts.window(), parts.words())),
    recent: async () => preferences.recent,
    openRecent: async (path) => {
      const [opened] = await parts.opened([preferences.openRecent(path)]);
      return opened ?? path;
    },
    forgetRecent: () => preferences.forgetRecent(),
    probe: (path) => pages.probe(path),
    poster: (path, seconds, maxWidth) => pages.poster(path, seconds, maxWidth),
    frames: (request) => pages.frames(request),
    peaks: (request) => pages.peaks(request),
    sound: (request) => pages.sound(request),
    suggestOutput: (input, stages, codec) => pages.suggestOutput(input, stages, codec),
    chooseOutput: async (suggested) => {
      const extension = extensionOf(suggested);
      const { canceled, filePath } = await dialog.showSaveDialog(parts.window(), {
        title: parts.words().saveResult,
        defaultPath: suggested,
        filters: [
          { name: extension.toUpperCase(), extensions: [extension] },
          { name: parts.words().allFiles, extensions: ['*'] },
        ],
        properties: ['showOverwriteConfirmation', 'createDirectory'],
      });
      return canceled || filePath === '' ? null : pages.admitOutput(filePath);
    },
    space: (output) => pages.space(output),
    queue: async () => pages.queue,
    changeQueue: (command) => pages.changeQueue(command),
    queueLog: (id) => pages.queueLog(id),
    startPreview: (request) => pages.startPreview(request),
    startObjects: (request) => pages.startObjects(request),
    takePreview: (jobId) => pages.takePreview(jobId),
    takePreviewFrame: (jobId) => pages.takePreviewFrame(jobId),
    cancel: (jobId) => pages.cancel(jobId),
    reveal: async (path) => {
      shell.showItemInFolder(pages.result(path));
    },
    startDrag: (outputs) =>
      dragOut(
        parts.window().webContents,
        outputs.map((output) => pages.result(output)),
        parts.icon,
      ),
    preferences: async () => preferences.current,
    changePreferences: async (change) => {
      await preferences.change(change);
      parts.preferencesChanged();
    },
    importPresets: async () => {
      const { canceled, filePaths } = await dialog.showOpenDialog(parts.window(), {
        title: parts.words().importPresets,
        properties: ['openFile'],
        filters: presetFilters(),
      });
      const [path] = filePaths;
      return canceled || path === undefined ? null : readPresetFile(path);
    },
    exportPresets: async (presets) => {
      const { canceled, filePath } = await dialog.showSaveDialog(parts.window(), {
        title: parts.words().exportPresets,
        defaultPath: 'clearcut-presets.json',
        filters: presetFilters(),
        properties: ['showOverwriteConfirmation', 'createDirectory'],
      });
      if (canceled || filePath === '') return false;
      await writePresetFile(filePath, presets);
      return true;
    },
    sleep: () => sleepNow(),
    checkForUpdates: async () => {
      if (updates === null) throw new UserError('bad-usage', 'This build knows no place for newer versions.');
      return findUpdate(updates, version);
    },
  };
}
