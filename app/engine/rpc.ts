import { createBirpc } from 'birpc';
import {
  engineArguments,
  fromErrorData,
  isEngineMethod,
  toErrorData,
  UserError,
  type EngineApi,
  type EngineEvents,
  type EngineMethod,
  type ErrorData,
  type JobEvent,
} from '../shared';

/** One end of a duplex line of structured-cloneable messages (a child process, a message port, a socket). */
export interface Channel {
  post(message: unknown): void;
  on(listener: (message: unknown) => void): void;
}

/** An answer on the wire: errors travel as data, so that they keep their code. */
type Outcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorData };

/** What the engine's end answers. */
interface EngineWire {
  call(method: string, args: unknown): Promise<Outcome>;
}

/** What the client's end is told. */
interface ClientWire {
  jobEvent(event: JobEvent): void;
  log(line: string): void;
}

/** Jobs run for hours; a call ends when the other side ends it or dies. */
const NO_TIMEOUT = -1;

/** An `EngineApi` over a line, plus what the engine tells by itself. */
export interface EngineClient extends EngineApi {
  onJobEvent(listener: (event: JobEvent) => void): () => void;
  onLog(listener: (line: string) => void): () => void;
  /** The engine ended by itself: all calls fail from now on. */
  onLost(listener: (error: Error) => void): () => void;
  /** Ends the engine; running jobs keep their finished segments. */
  close(): Promise<void>;
}

/** Answers calls that come in over `channel` with `engine`; returns how to tell the client things. */
export function serveEngine(channel: Channel, engine: EngineApi): EngineEvents {
  const call = async (method: string, args: unknown): Promise<Outcome> => {
    try {
      if (!isEngineMethod(method)) throw new Error(`The engine has no call named ${JSON.stringify(method)}.`);
      const parsed = engineArguments[method].safeParse(args);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        const where = issue?.path.slice(1).join('.') ?? '';
        throw new UserError(
          'bad-usage',
          `${method}${where ? `: ${where}` : ''}: ${issue?.message ?? 'bad arguments'}`,
        );
      }
      const calls = engine as unknown as Record<EngineMethod, (...values: unknown[]) => Promise<unknown>>;
      return { ok: true, value: await calls[method](...parsed.data) };
    } catch (error) {
      return { ok: false, error: toErrorData(error) };
    }
  };
  const rpc = createBirpc<ClientWire, EngineWire>(
    { call },
    { ...birpcChannel(channel), timeout: NO_TIMEOUT },
  );
  return {
    onJobEvent: (event) => void rpc.jobEvent.asEvent(event),
    onLog: (line) => void rpc.log.asEvent(line),
  };
}

/** The engine behind `channel`. `lost` rejects when the other side is gone; every open and later call then rejects with it. */
export function engineClientOver(
  channel: Channel,
  lost: Promise<never>,
  close: () => Promise<void>,
): EngineClient {
  const jobListeners = new Set<(event: JobEvent) => void>();
  const logListeners = new Set<(line: string) => void>();
  const lostListeners = new Set<(error: Error) => void>();
  let closing = false;
  const local: ClientWire = {
    jobEvent: (event) => {
      for (const listener of jobListeners) listener(event);
    },
    log: (line) => {
      for (const listener of logListeners) listener(line);
    },
  };
  const rpc = createBirpc<EngineWire, ClientWire>(local, { ...birpcChannel(channel), timeout: NO_TIMEOUT });
  lost.catch((error: Error) => {
    if (!closing) for (const listener of lostListeners) listener(error);
  });

  const call = async (method: EngineMethod, args: unknown[]): Promise<unknown> => {
    const outcome = await Promise.race([rpc.call(method, args), lost]);
    if (!outcome.ok) throw fromErrorData(outcome.error);
    return outcome.value;
  };
  const methods = Object.fromEntries(
    (Object.keys(engineArguments) as EngineMethod[]).map((method) => [
      method,
      (...args: unknown[]) => call(method, args),
    ]),
  ) as unknown as EngineApi;

  return {
    ...methods,
    onJobEvent: (listener) => subscribe(jobListeners, listener),
    onLog: (listener) => subscribe(logListeners, listener),
    onLost: (listener) => subscribe(lostListeners, listener),
    close: () => {
      closing = true;
      return close();
    },
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function birpcChannel(channel: Channel): {
  post: (data: unknown) => void;
  on: (fn: (data: unknown) => void) => void;
} {
  return {
    post: (data) => {
      channel.post(data);
    },
    on: (fn) => {
      channel.on(fn);
    },
  };
}
