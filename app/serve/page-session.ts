import { createBirpc } from 'birpc';
import type { RawData, WebSocket } from 'ws';
import { answerCall, type HostCalls } from '../host';
import type { JobEvent, Outcome, QueueChange } from '../shared';

/** What the page's end is told; `renderer/host/web-host.ts` is the other side. */
interface PageWire {
  jobEvent(event: JobEvent): void;
  queueChange(change: QueueChange): void;
}

/** A page's line: answers its calls, and tells it what happens to jobs from now on. */
export class PageSession {
  readonly #rpc;

  constructor(socket: WebSocket, calls: Partial<HostCalls>, tidy: (outcome: Outcome) => Outcome) {
    const call = async (name: string, args: unknown): Promise<Outcome> =>
      tidy(await answerCall(calls, name, args));
    this.#rpc = createBirpc<PageWire, { call: typeof call }>(
      { call },
      {
        post: (text: string) => {
          if (socket.readyState === socket.OPEN) socket.send(text);
        },
        on: (listener) => {
          socket.on('message', (data: RawData, binary: boolean) => {
            if (!binary) listener(textOf(data));
          });
        },
        serialize: (message) => JSON.stringify(message),
        deserialize: (text: string) => JSON.parse(text) as unknown,
        // What isn't a message of ours is dropped; a page of ours never sends it.
        onGeneralError: () => true,
        timeout: -1,
      },
    );
  }

  tell(event: JobEvent): void {
    void this.#rpc.jobEvent.asEvent(event);
  }

  tellQueue(change: QueueChange): void {
    void this.#rpc.queueChange.asEvent(change);
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]).toString('utf8');
}
