import { RemoteGpu, setProcessGpu, type GpuLine } from './runtime';

/** A message port as Electron's utilityProcess gets it. */
export interface EnginePort {
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  postMessage(message: unknown): void;
  start(): void;
}

/** How long the window with the graphics cards may take to load. */
const PATIENCE_MS = 20_000;

/** True for the message that carries the port, or tells that there is none. */
export function isGpuMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'clearcut:gpu-port';
}

/**
 * Lets the engine compute on the graphics cards behind a port that is still to come.
 *
 * @returns what to call with the port, or with null where there is none
 */
export function awaitGpuPort(): (port: EnginePort | null) => void {
  let settle: (port: EnginePort | null) => void = () => undefined;
  const coming = new Promise<EnginePort | null>((resolve) => (settle = resolve));
  setProcessGpu(async () => {
    const timer = setTimeout(() => {
      settle(null);
    }, PATIENCE_MS);
    const port = await coming;
    clearTimeout(timer);
    return port && new RemoteGpu(lineOver(port));
  });
  return settle;
}

function lineOver(port: EnginePort): GpuLine {
  return {
    post: (message) => {
      port.postMessage(message);
    },
    on: (listener) => {
      port.on('message', ({ data }) => {
        listener(data);
      });
      port.start();
    },
    onClosed: (listener) => {
      port.on('close', listener);
    },
  };
}
