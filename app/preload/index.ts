import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type {
  ClearcutApi,
  HostArguments,
  HostCall,
  JobEvent,
  Outcome,
  QueueChange,
  WindowCommand,
} from '../shared';

/**
 * Asks the main process. Errors come as data and leave as data: the bridge to the page would strip an
 * Error of its code.
 */
async function call<C extends HostCall>(
  name: C,
  ...args: HostArguments<C>
): Promise<Awaited<ReturnType<ClearcutApi[C]>>> {
  const outcome = (await ipcRenderer.invoke(`clearcut:${name}`, ...args)) as Outcome;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- see above
  if (!outcome.ok) throw outcome.error;
  return outcome.value as Awaited<ReturnType<ClearcutApi[C]>>;
}

/** Hears what the main process tells; Electron's event object stays on this side. */
function listen<T>(channel: string, listener: (value: T) => void): () => void {
  const hear = (_event: IpcRendererEvent, value: T): void => {
    listener(value);
  };
  ipcRenderer.on(channel, hear);
  return () => {
    ipcRenderer.off(channel, hear);
  };
}

const api: ClearcutApi = {
  host: () => call('host'),
  facts: () => call('facts'),
  models: () => call('models'),
  chooseInputs: () => call('chooseInputs'),
  // Only files that the user really dropped or chose have paths: a page can't make one up.
  pathsOfDrop: async (files) => {
    const paths = files.map((file) => webUtils.getPathForFile(file as File));
    const outcome = (await ipcRenderer.invoke('clearcut:admitDrop', paths)) as Outcome<readonly string[]>;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- as in call()
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  },
  recent: () => call('recent'),
  openRecent: (path) => call('openRecent', path),
  forgetRecent: () => call('forgetRecent'),
  probe: (path) => call('probe', path),
  poster: (path, seconds, maxWidth) => call('poster', path, seconds, maxWidth),
  frames: (request) => call('frames', request),
  peaks: (request) => call('peaks', request),
  sound: (request) => call('sound', request),
  suggestOutput: (input, stages, codec) => call('suggestOutput', input, stages, codec),
  chooseOutput: (suggested) => call('chooseOutput', suggested),
  space: (output) => call('space', output),
  queue: () => call('queue'),
  changeQueue: (command) => call('changeQueue', command),
  queueLog: (id) => call('queueLog', id),
  startPreview: (request) => call('startPreview', request),
  startObjects: (request) => call('startObjects', request),
  takePreview: (jobId) => call('takePreview', jobId),
  takePreviewFrame: (jobId) => call('takePreviewFrame', jobId),
  cancel: (jobId) => call('cancel', jobId),
  reveal: (path) => call('reveal', path),
  startDrag: (outputs) => call('startDrag', outputs),
  resultAddress: () => Promise.resolve(null),
  preferences: () => call('preferences'),
  changePreferences: (change) => call('changePreferences', change),
  importPresets: () => call('importPresets'),
  exportPresets: (presets) => call('exportPresets', presets),
  sleep: () => call('sleep'),
  checkForUpdates: () => call('checkForUpdates'),
  onQueueChange: (listener) => listen<QueueChange>('clearcut:queueChange', listener),
  onJobEvent: (listener) => listen<JobEvent>('clearcut:jobEvent', listener),
  onOpen: (listener) => listen<readonly string[]>('clearcut:open', listener),
  onCommand: (listener) => listen<WindowCommand>('clearcut:command', listener),
};

contextBridge.exposeInMainWorld('clearcut', api);
