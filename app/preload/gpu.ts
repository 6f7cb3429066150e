import { ipcRenderer } from 'electron';

/** What of the page's window is needed: the project is checked without the DOM. */
declare const window: {
  readonly location: { readonly origin: string };
  postMessage(message: unknown, origin: string, ports: readonly unknown[]): void;
};

// All that this page gets: the main process' ports, to engines. A port can't cross to the page in another way.
ipcRenderer.on('clearcut:gpuPort', (event) => {
  window.postMessage('clearcut:gpu-port', window.location.origin, event.ports);
});
