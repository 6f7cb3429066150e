import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { ClearcutApi, HostArguments, HostCall, JobEvent, Outcome } from '../shared';

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
  chooseInput: () => call('chooseInput'),
  // Only a file that the user really dropped or chose has a path: a page can't make one up.
  pathOfDrop: async (file) => {
    const outcome = (await ipcRenderer.invoke(
      'clearcut:admitDrop',
      webUtils.getPathForFile(file as File),
    )) as Outcome<string>;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- as in call()
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  },
  probe: (path) => call('probe', path),
  poster: (path, seconds, maxWidth) => call('poster', path, seconds, maxWidth),
  suggestOutput: (input, stages, codec) => call('suggestOutput', input, stages, codec),
  chooseOutput: (suggested) => call('chooseOutput', suggested),
  start: (request) => call('start', request),
  startPreview: (request) => call('startPreview', request),
  takePreview: (jobId) => call('takePreview', jobId),
  cancel: (jobId) => call('cancel', jobId),
  pause: (jobId) => call('pause', jobId),
  unpause: (jobId) => call('unpause', jobId),
  reveal: (path) => call('reveal', path),
  onJobEvent: (listener) => listen<JobEvent>('clearcut:jobEvent', listener),
  onOpen: (listener) => listen<string>('clearcut:open', listener),
};

contextBridge.exposeInMainWorld('clearcut', api);
