/**
 * The engine's own process: a forked Node (CLI, serve) or Electron's utilityProcess. It answers
 * `EngineApi` calls over its parent's channel and ends when that closes.
 */
import { constants, setPriority } from 'node:os';
import { ENGINE_ENVIRONMENT, LEAVE_ROOM_VARIABLE } from './environment';
import { awaitGpuPort, isGpuMessage, type EnginePort } from './gpu-port';
import { setTextChannel } from './log';
import { serveEngine, type Channel } from './rpc';
import { processKernels } from './runtime';
import { Engine } from './service';

interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown; ports: readonly EnginePort[] }) => void): void;
  postMessage(message: unknown): void;
}

/** Electron's utilityProcess has `process.parentPort`; a forked Node has `process.send`. */
function parentChannel(): Channel {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort) {
    const gpuPort = awaitGpuPort();
    return {
      post: (message) => {
        parentPort.postMessage(message);
      },
      on: (listener) => {
        parentPort.on('message', ({ data, ports }) => {
          if (isGpuMessage(data)) gpuPort(ports[0] ?? null);
          else listener(data);
        });
      },
    };
  }
  if (!process.send) throw new Error('The engine must be started by Clearcut, not by hand.');
  return {
    post: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    on: (listener) => {
      process.on('message', listener);
    },
  };
}

Object.assign(process.env, ENGINE_ENVIRONMENT);
if (process.env[LEAVE_ROOM_VARIABLE]) leaveRoom();

const engine = new Engine();
const events = serveEngine(parentChannel(), engine);
engine.onJobEvent = (event) => {
  events.onJobEvent(event);
};
setTextChannel((line) => {
  events.onLog(line);
});

/** A job that doesn't stop in this time is left as it is: its finished segments are safe. */
const END_TIMEOUT_MS = 5_000;

/** Stops what runs (finished segments stay) and ends. */
async function end(): Promise<void> {
  setTimeout(() => process.exit(1), END_TIMEOUT_MS).unref();
  await engine.close();
  process.exit(0);
}

process.once('disconnect', () => void end());
process.once('SIGTERM', () => void end());

/** Half of the threads, and behind whatever else wants the processor; ffmpeg's children inherit that. */
function leaveRoom(): void {
  const kernels = processKernels();
  kernels.setThreads(Math.max(1, Math.floor(kernels.threads / 2)));
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Some systems let nobody change it: fewer threads help all the same.
  }
}
