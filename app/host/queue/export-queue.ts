import { randomUUID } from 'node:crypto';
import {
  isPending,
  standsStill,
  toErrorData,
  UserError,
  type ErrorData,
  type JobEvent,
  type JobProgress,
  type JobResult,
  type QueueChange,
  type QueueCommand,
  type QueueItem,
  type QueueSettings,
  type QueueSnapshot,
  type QueueWish,
} from '../../shared';
import type { Kept } from '../kept-file';
import type { ExportEngine } from './export-engine';
import type { JobLog } from './job-log';
import { QueueList } from './queue-list';

/** What becomes of the running job once the engine has stopped it. */
type AfterStop = 'held' | 'cancelled' | 'waiting' | 'removed';

interface Running {
  readonly id: string;
  /** The engine's name for it, once it has one. */
  jobId: string | null;
  afterStop: AfterStop | null;
  progress: JobProgress | null;
  /** Resolves when its end stands on the disk. */
  readonly ended: Promise<void>;
  readonly tellEnded: () => void;
}

/**
 * The exports, one after the other. Every change stands on the disk before anybody hears of it, so
 * that what a window shows is there after a power cut (queue-list.ts).
 */
export class ExportQueue {
  #running: Running | null = null;
  #closing = false;
  #onBattery = false;
  /** The engine is being ended, to be there again with other settings. */
  #restarting = false;
  /** Events that came before the answer that says which job is ours. */
  readonly #early: JobEvent[] = [];
  /** Of jobs since the queue was last at its end. */
  #ended: { done: number; failed: number; output: string | null } = { done: 0, failed: 0, output: null };

  private constructor(
    private readonly engine: ExportEngine,
    private readonly list: QueueList,
    private readonly logs: JobLog,
  ) {
    engine.onJobEvent((event) => {
      this.#hear(event);
    });
  }

  /** The queue as it was kept; call `begin` once others listen. */
  static async open(engine: ExportEngine, kept: Kept, logs: JobLog): Promise<ExportQueue> {
    return new ExportQueue(engine, await QueueList.open(kept), logs);
  }

  /** Goes on with what waits. */
  begin(): void {
    void this.#advance();
  }

  get snapshot(): QueueSnapshot {
    const { progress, id } = this.#running ?? {};
    return {
      settings: this.list.settings,
      items: this.list.items,
      onBattery: this.#onBattery,
      progress: id !== undefined && progress ? { id, progress } : null,
    };
  }

  get settings(): QueueSettings {
    return this.list.settings;
  }

  onChange(listener: (change: QueueChange) => void): () => void {
    return this.list.onChange(listener);
  }

  log(id: string): Promise<string> {
    return this.logs.read(id);
  }

  /** Resolves with the ids of what was added, once it stands on the disk. @throws UserError disk-full, bad-usage */
  async do(command: QueueCommand): Promise<readonly string[]> {
    switch (command.kind) {
      case 'add':
        return this.#add(command.wishes);
      case 'remove':
        await this.#remove(command.ids);
        break;
      case 'restore':
        // What ran then goes on from its last finished segment.
        await this.list.putBack(command.ids);
        void this.#advance();
        break;
      case 'move':
        await this.list.move(command.ids, command.before);
        break;
      case 'change':
        await this.#rewrite(command.id, command.wish);
        break;
      case 'hold':
        await this.#stop(command.ids, 'held');
        break;
      case 'cancel':
        await this.#stop(command.ids, 'cancelled');
        break;
      case 'release':
        await this.#release(command.ids);
        break;
      case 'settings':
        await this.#set(command.settings);
        break;
    }
    return [];
  }

  /** Jobs that were taken out and can be put back. */
  removed(ids: readonly string[]): readonly QueueItem[] {
    return this.list.removed.find(ids);
  }

  /** The computer was plugged in or out. */
  async setPower(onBattery: boolean): Promise<void> {
    const before = this.#still;
    this.#onBattery = onBattery;
    this.list.tell({ type: 'power', onBattery });
    await this.#followStill(before);
  }

  /** Keeps how far all is, and starts nothing more; the engine is ended by whoever started it. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.list.close((item) =>
      item.id === this.#running?.id ? waitingAgain(item, this.#running) : item,
    );
    this.logs.remove(this.list.removed.ids);
    await this.logs.flush();
  }

  async #add(wishes: readonly QueueWish[]): Promise<readonly string[]> {
    const addedAt = Date.now();
    const items = wishes.map(({ request, source }): QueueItem => ({
      id: randomUUID(),
      request,
      source,
      state: 'waiting',
      fraction: null,
      addedAt,
      endedAt: null,
      result: null,
      error: null,
    }));
    await this.list.add(items);
    void this.#advance();
    return items.map(({ id }) => id);
  }

  async #remove(ids: readonly string[]): Promise<void> {
    const running = this.#running;
    if (running && ids.includes(running.id)) await this.#stopRunning(running, 'removed');
    const lost = await this.list.remove(ids, (item) =>
      item.id === running?.id && item.state === 'running' ? waitingAgain(item, running) : item,
    );
    this.logs.remove(lost);
    void this.#advance();
  }

  async #rewrite(id: string, wish: QueueWish): Promise<void> {
    if (this.#running?.id === id) {
      throw new UserError('bad-usage', 'This job is running: pause it before you change its settings.');
    }
    await this.list.update([id], (item) => ({
      ...item,
      ...wish,
      state: 'waiting',
      fraction: null,
      error: null,
    }));
    this.logs.add(id, `Changed: ${JSON.stringify(wish.request)}`);
    void this.#advance();
  }

  async #stop(ids: readonly string[], state: 'held' | 'cancelled'): Promise<void> {
    const running = this.#running;
    const others = ids.filter((id) => id !== running?.id);
    await this.list.update(others, (item) => (isPending(item) ? { ...item, state } : item));
    if (running && ids.includes(running.id)) await this.#stopRunning(running, state);
  }

  /** Failed and cancelled jobs are tried again, held ones go on. */
  async #release(ids: readonly string[]): Promise<void> {
    await this.list.update(ids, (item) =>
      item.state === 'running' || item.state === 'done'
        ? item
        : { ...item, state: 'waiting', error: null, endedAt: null },
    );
    void this.#advance();
  }

  /** Nothing starts, and what runs stands still. */
  get #still(): boolean {
    return standsStill(this.list.settings, this.#onBattery);
  }

  async #followStill(before: boolean): Promise<void> {
    const running = this.#running;
    if (running?.jobId && this.#still !== before)
      await (this.#still ? this.engine.pause(running.jobId) : this.engine.unpause(running.jobId));
    if (!this.#still) void this.#advance();
  }

  async #set(settings: QueueSettings): Promise<void> {
    const before = this.list.settings;
    const stood = this.#still;
    await this.list.set(settings);
    const running = this.#running;
    if (settings.leaveRoom !== before.leaveRoom) {
      // Threads and priority are a process's from its start: what runs goes on in a new one.
      this.#restarting = true;
      if (running) await this.#stopRunning(running, 'waiting');
      await this.engine.close();
      this.#restarting = false;
      void this.#advance();
    } else {
      await this.#followStill(stood);
    }
  }

  async #stopRunning(running: Running, afterStop: AfterStop): Promise<void> {
    running.afterStop = afterStop;
    if (running.jobId !== null) await this.engine.cancel(running.jobId).catch(() => undefined);
    await running.ended;
  }

  /** Starts the next job, where there is one and nothing runs. */
  async #advance(): Promise<void> {
    if (this.#running || this.#still || this.#closing || this.#restarting) return;
    const next = this.list.items.find(({ state }) => state === 'waiting');
    if (!next) {
      this.#tellEnd();
      return;
    }
    const { promise: ended, resolve: tellEnded } = deferred();
    const running: Running = {
      id: next.id,
      jobId: null,
      afterStop: null,
      progress: null,
      ended,
      tellEnded,
    };
    this.#running = running;
    try {
      await this.list.update([next.id], (item) => ({ ...item, state: 'running' }));
      this.logs.add(next.id, `Started: ${JSON.stringify(next.request)}`);
      const jobId = await this.engine.start(next.request);
      running.jobId = jobId;
      // It was stopped, or all was paused, before the engine had a name for it.
      if (running.afterStop !== null) await this.engine.cancel(jobId);
      for (const event of this.#early.splice(0)) this.#hear(event);
    } catch (error) {
      await this.#end(running, { state: 'failed', error: toErrorData(error) });
    }
  }

  #hear(event: JobEvent): void {
    const running = this.#running;
    if (!running || this.#closing) return;
    if (running.jobId === null) {
      this.#early.push(event);
      return;
    }
    if (event.jobId !== running.jobId) return;
    switch (event.type) {
      case 'progress':
        this.#follow(running, event.progress);
        break;
      case 'note':
        this.logs.add(running.id, event.note);
        this.list.tell({ type: 'note', id: running.id, note: event.note });
        break;
      case 'done':
        void this.#end(running, { state: 'done', result: event.result, fraction: 1 });
        break;
      case 'failed':
        void this.#end(running, { state: 'failed', error: event.error });
        break;
      case 'cancelled':
        void this.#end(running, { state: running.afterStop ?? 'cancelled' });
        break;
    }
  }

  #follow(running: Running, progress: JobProgress): void {
    const before = running.progress;
    running.progress = progress;
    if (progress.choices.length > 0 && before?.choices.length === 0) {
      for (const { stage, title, reason } of progress.choices) {
        this.logs.add(running.id, `${stage}: ${title}. ${reason}`);
      }
    }
    if (before?.state !== progress.state) this.logs.add(running.id, `${progress.state}.`);
    // A job that began while all was being paused stops at its first frame.
    if (this.#still && progress.state === 'running' && running.jobId !== null) {
      void this.engine.pause(running.jobId).catch(() => undefined);
    }
    this.list.tell({ type: 'progress', id: running.id, progress });
  }

  async #end(
    running: Running,
    end: {
      readonly state: 'done' | 'failed' | AfterStop;
      readonly result?: JobResult;
      readonly error?: ErrorData;
      readonly fraction?: number;
    },
  ): Promise<void> {
    const { state, result = null, error = null } = end;
    const fraction = end.fraction ?? running.progress?.fraction ?? null;
    if (error) this.logs.add(running.id, `Failed (${error.code}): ${error.message}\n${error.detail ?? ''}`);
    else if (result) {
      this.logs.add(running.id, `Done: ${JSON.stringify(result)}`);
    } else this.logs.add(running.id, `Stopped: ${state}.`);
    if (state === 'done')
      this.#ended = { ...this.#ended, done: this.#ended.done + 1, output: result?.output ?? null };
    if (state === 'failed') this.#ended = { ...this.#ended, failed: this.#ended.failed + 1 };
    const ended = state === 'done' || state === 'failed' || state === 'cancelled';
    if (state !== 'removed') {
      const endedAt = ended ? Date.now() : null;
      // A disk that is full must not stop the queue: the next change writes it all again.
      await this.list
        .update([running.id], (item) => ({
          ...item,
          state,
          fraction: fraction ?? item.fraction,
          endedAt,
          result,
          error,
        }))
        .catch(() => undefined);
    }
    if (this.#running === running) this.#running = null;
    running.tellEnded();
    void this.#advance();
  }

  #tellEnd(): void {
    const end = this.#ended;
    if (end.done + end.failed === 0) return;
    this.#ended = { done: 0, failed: 0, output: null };
    this.list.tell({ type: 'ended', end });
  }
}

/** A job that was running, to go on later. */
function waitingAgain(item: QueueItem, { progress }: Running): QueueItem {
  return { ...item, state: 'waiting', fraction: progress?.fraction ?? item.fraction };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
