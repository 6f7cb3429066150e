import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { GpuLine } from '../../app/engine/runtime';

export interface LineEnd {
  readonly line: GpuLine;
  close(): void;
}

/** Both ends of a line between an engine and what has the graphics card, as a message port between processes is one. */
export function messageLines(): readonly [LineEnd, LineEnd] {
  const { port1, port2 } = new MessageChannel();
  return [endOf(port1), endOf(port2)];
}

function endOf(port: MessagePort): LineEnd {
  return {
    line: {
      post: (message) => {
        port.postMessage(message);
      },
      on: (listener) => {
        port.on('message', listener);
      },
      onClosed: (listener) => {
        port.on('close', listener);
      },
    },
    close: () => {
      port.close();
    },
  };
}
