import { utilityProcess } from 'electron';
import { engineClientOver, LEAVE_ROOM_VARIABLE, type EngineClient } from '../engine';
import { UserError } from '../shared';
import type { GpuWindow } from './gpu-window';

/** How long an engine may take to put its jobs in order once it is told to end. */
const CLOSE_TIMEOUT_MS = 10_000;

/** The engine in Electron's utilityProcess: its own process, without windows and without a shell. */
export function startEngineProcess(
  entry: string,
  { name, leaveRoom, gpu }: { readonly name: string; readonly leaveRoom: boolean; readonly gpu: GpuWindow },
): EngineClient {
  const child = utilityProcess.fork(entry, [], {
    serviceName: name,
    stdio: 'inherit',
    ...(leaveRoom ? { env: { ...process.env, [LEAVE_ROOM_VARIABLE]: '1' } } : {}),
  });
  void gpu.connect().then((port) => {
    child.postMessage({ type: 'clearcut:gpu-port' }, port ? [port] : []);
  });
  const exited = new Promise<number>((resolve) => {
    child.once('exit', resolve);
  });
  const lost = exited.then((code): never => {
    throw new UserError(
      'engine-lost',
      `The engine ended unexpectedly (code ${code}). Start the job again: finished segments are kept.`,
    );
  });
  return engineClientOver(
    {
      post: (message) => {
        child.postMessage(message);
      },
      on: (listener) => {
        child.on('message', listener);
      },
    },
    lost,
    async () => {
      child.kill();
      const timer = setTimeout(() => {
        // A process that doesn't hear its signal is ended by the system's hand.
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      }, CLOSE_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  );
}
