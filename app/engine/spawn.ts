import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../shared';
import { ENGINE_ENVIRONMENT, LEAVE_ROOM_VARIABLE } from './environment';
import { engineClientOver, type Channel, type EngineClient } from './rpc';

/** How long an engine may take to put its jobs in order once it is told to end. */
const CLOSE_TIMEOUT_MS = 10_000;

export interface SpawnOptions {
  /** The engine's bundle; by default `engine.js` beside the bundle that calls. */
  readonly entry?: string;
  /** Fewer threads and a low priority. */
  readonly leaveRoom?: boolean;
}

/** Starts the engine in a Node process of its own. */
export function spawnEngine(options: SpawnOptions = {}): EngineClient {
  const entry = options.entry ?? fileURLToPath(new URL('./engine.js', import.meta.url));
  // A Ctrl+C in the terminal reaches the whole process group: detached, the engine hears of it from us and
  // closes its ffmpeg children and segments in order.
  const child = fork(entry, [], {
    env: {
      ...process.env,
      ...ENGINE_ENVIRONMENT,
      ...(options.leaveRoom ? { [LEAVE_ROOM_VARIABLE]: '1' } : {}),
    },
    // The heap is small and most of what a frame takes lies outside: by its usual rule V8 would mark the whole heap at every frame.
    execArgv: [...process.execArgv, '--heap-growing-percent=300'],
    serialization: 'advanced',
    // Nothing of the libraries' own talk reaches the terminal; a caller's pipe must not stay open through us.
    stdio: ['ignore', 'ignore', process.env['CLEARCUT_DEBUG'] ? 'inherit' : 'ignore', 'ipc'],
    detached: true,
  });
  const lost = new Promise<never>((_, reject) => {
    child.once('error', (cause) => {
      reject(new UserError('engine-lost', `The engine could not be started from ${entry}.`, { cause }));
    });
    child.once('exit', (code, signal) => {
      reject(
        new UserError(
          'engine-lost',
          `The engine ended unexpectedly (${signal ?? `code ${code}`}). Start the job again: finished segments are kept.`,
        ),
      );
    });
  });
  return engineClientOver(childChannel(child), lost, () => closeChild(child));
}

function childChannel(child: ChildProcess): Channel {
  return {
    post: (message) => {
      // Without a callback a closed channel would raise an 'error' event; `lost` tells of it already.
      if (child.connected) child.send(message as object, () => undefined);
    },
    on: (listener) => {
      child.on('message', listener);
    },
  };
}

/** The engine ends by itself when its channel closes; one that doesn't is killed. */
async function closeChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
