import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  QUEUE_DEFAULTS,
  UserError,
  type JobEvent,
  type JobRequest,
  type QueueChange,
  type QueueSettings,
  type QueueWish,
} from '../../shared';
import { KeptFile, type Kept } from '../kept-file';
import { ExportQueue, JobLog, type ExportEngine } from '.';

/** An engine of one job at a time that does what the test says. */
class FakeEngine implements ExportEngine {
  readonly started: JobRequest[] = [];
  readonly asked: string[] = [];
  closed = 0;
  #listener: (event: JobEvent) => void = () => undefined;

  async start(request: JobRequest): Promise<string> {
    this.started.push(request);
    return `job ${this.started.length}`;
  }
  async cancel(jobId: string): Promise<void> {
    this.asked.push(`cancel ${jobId}`);
    this.tell({ type: 'cancelled', jobId });
  }
  async pause(jobId: string): Promise<void> {
    this.asked.push(`pause ${jobId}`);
  }
  async unpause(jobId: string): Promise<void> {
    this.asked.push(`unpause ${jobId}`);
  }
  onJobEvent(listener: (event: JobEvent) => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
  tell(event: JobEvent): void {
    this.#listener(event);
  }
}

const wish = (name: string): QueueWish => ({
  request: {
    input: `/in/${name}.mp4`,
    output: `/out/${name}.mp4`,
    stages: [{ kind: 'enhance', scale: 2 }],
    codec: 'h264',
    backend: 'auto',
    overwrite: false,
    resume: true,
  },
  source: null,
});

const progress = (fraction: number, state: 'running' | 'paused' = 'running'): JobEvent => ({
  type: 'progress',
  jobId: 'job 1',
  progress: {
    state,
    choices: [],
    framesDone: 1,
    framesTotal: 10,
    fraction,
    framesPerSecond: null,
    etaSeconds: null,
    bytesWritten: 0,
    expectedBytes: null,
    timings: { decode: 0, stages: {}, encode: 0 },
  },
});

describe('the queue of exports', () => {
  let folder: string;
  let engine: FakeEngine;
  let queue: ExportQueue;
  let changes: QueueChange[];
  const file = (): string => join(folder, 'queue.json');

  async function open(kept: Kept = new KeptFile(file())): Promise<void> {
    engine = new FakeEngine();
    queue = await ExportQueue.open(engine, kept, new JobLog(join(folder, 'logs')));
    changes = [];
    queue.onChange((change) => changes.push(change));
    queue.begin();
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearcut-queue-'));
    await open();
  });
  afterEach(async () => {
    await queue.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const states = (): string[] =>
    queue.snapshot.items.map(({ request, state }) => `${request.input.slice(4, -4)} ${state}`);
  const add = (...names: readonly string[]): Promise<readonly string[]> =>
    queue.do({ kind: 'add', wishes: names.map(wish) });
  const until = async (expected: readonly string[]): Promise<void> => {
    await vi.waitFor(() => {
      expect(states().filter((state) => expected.includes(state))).toEqual(expected);
      const running = expected.find((state) => state.endsWith(' running'))?.slice(0, -8);
      if (running) expect(engine.started.at(-1)?.input).toBe(`/in/${running}.mp4`);
    });
    // The engine's answer to its start has come as well.
    await new Promise(setImmediate);
  };
  const done = (jobId: string): void => {
    engine.tell({
      type: 'done',
      jobId,
      result: {
        output: '/out/x.mp4',
        width: 2,
        height: 2,
        frames: 1,
        sizeBytes: 1,
        seconds: 1,
        framesThisRun: 1,
        backend: 'cpu',
        choices: [],
        notes: [],
        timings: { decode: 0, stages: {}, encode: 0 },
      },
    });
  };

  it('runs jobs one after the other; one that fails stops nothing', async () => {
    await add('a', 'b', 'c');
    await until(['a running', 'b waiting', 'c waiting']);
    expect(engine.started).toHaveLength(1);
    engine.tell({ type: 'failed', jobId: 'job 1', error: { code: 'bad-result', message: 'Black.' } });
    await until(['a failed', 'b running', 'c waiting']);
    done('job 2');
    await until(['a failed', 'b done', 'c running']);
    done('job 3');
    await vi.waitFor(() => {
      expect(changes.at(-1)).toEqual({
        type: 'ended',
        end: { done: 2, failed: 1, output: '/out/x.mp4' },
      });
    });
    const [failed] = queue.snapshot.items;
    await queue.do({ kind: 'release', ids: [failed!.id] });
    await until(['a running', 'b done', 'c done']);
    expect(await queue.log(failed!.id)).toMatch(/Started[^]*Failed \(bad-result\): Black\.[^]*Started/);
    expect(await queue.log('../queue')).toBe('');
  });

  it('stands on the disk before anybody hears of it', async () => {
    const written: string[] = [];
    await open({
      read: async () => null,
      write: async () => void written.push(`${changes.length} ${queue.snapshot.items.length}`),
    });
    await add('a');
    expect(written[0]).toBe('0 0');
    expect(changes[0]).toMatchObject({ type: 'added' });
    await open({
      read: async () => null,
      write: () => Promise.reject(new UserError('disk-full', 'Full.')),
    });
    await expect(add('a')).rejects.toMatchObject({ code: 'disk-full' });
    expect([queue.snapshot.items, changes]).toEqual([[], []]);
  });

  it('is ordered, changed and shortened while it runs', async () => {
    const [a, b, c] = await add('a', 'b', 'c');
    await until(['a running', 'b waiting', 'c waiting']);
    await queue.do({ kind: 'move', ids: [c!], before: b! });
    await queue.do({ kind: 'change', id: b!, wish: wish('other') });
    expect(states()).toEqual(['a running', 'c waiting', 'other waiting']);
    await expect(queue.do({ kind: 'change', id: a!, wish: wish('x') })).rejects.toMatchObject({
      code: 'bad-usage',
    });
    await queue.do({ kind: 'remove', ids: [a!] });
    expect(engine.asked).toEqual(['cancel job 1']);
    await until(['c running', 'other waiting']);
  });

  it('puts back what was taken out, where it stood, and goes on with what ran', async () => {
    const [a, b, c] = await add('a', 'b', 'c', 'd');
    await until(['a running', 'b waiting', 'c waiting', 'd waiting']);
    engine.tell(progress(0.4));
    await queue.do({ kind: 'remove', ids: [a!, c!] });
    await until(['b running', 'd waiting']);
    changes = [];
    await queue.do({ kind: 'restore', ids: [a!, c!] });
    expect(states()).toEqual(['a waiting', 'b running', 'c waiting', 'd waiting']);
    expect(changes).toEqual([
      { type: 'added', items: [0, 2].map((at) => queue.snapshot.items[at]) },
      { type: 'moved', ids: [c], before: queue.snapshot.items[3]?.id },
      { type: 'moved', ids: [a], before: b },
    ]);
    expect(queue.snapshot.items[0]?.fraction).toBe(0.4);
    expect(await queue.log(a!)).toContain('Stopped: removed.');
    await expect(queue.do({ kind: 'restore', ids: [a!] })).rejects.toMatchObject({ code: 'bad-usage' });
    // What is on the disk has them, too.
    await open();
    await until(['a running', 'b waiting', 'c waiting', 'd waiting']);
  });

  it('pauses as a whole, and is paused still after a restart; what ran goes on from where it was', async () => {
    await add('a', 'b');
    await until(['a running', 'b waiting']);
    engine.tell(progress(0.4));
    await queue.do({ kind: 'settings', settings: { ...queue.settings, paused: true } });
    expect(engine.asked).toEqual(['pause job 1']);
    await queue.do({ kind: 'settings', settings: { ...queue.settings, paused: false } });
    expect(engine.asked).toEqual(['pause job 1', 'unpause job 1']);
    await queue.do({ kind: 'settings', settings: { ...queue.settings, paused: true } });
    await queue.close();

    await open();
    expect(queue.settings.paused).toBe(true);
    expect(states()).toEqual(['a waiting', 'b waiting']);
    expect(queue.snapshot.items[0]?.fraction).toBe(0.4);
    expect(engine.started).toEqual([]);
    await queue.do({ kind: 'settings', settings: { ...queue.settings, paused: false } });
    await until(['a running', 'b waiting']);
    expect(engine.started[0]).toMatchObject({ input: '/in/a.mp4', resume: true });
  });

  it('waits for mains power where that is wanted, and goes on with it', async () => {
    const set = (settings: Partial<QueueSettings>): Promise<unknown> =>
      queue.do({ kind: 'settings', settings: { ...queue.settings, ...settings } });
    await queue.setPower(true);
    await add('a', 'b');
    await until(['a running', 'b waiting']);
    engine.tell(progress(0.4));
    await set({ waitForMains: true });
    expect(engine.asked).toEqual(['pause job 1']);
    expect(queue.snapshot.onBattery).toBe(true);
    await queue.setPower(false);
    expect(engine.asked).toEqual(['pause job 1', 'unpause job 1']);
    // What was paused by hand stays so, plugged in or not.
    await set({ paused: true });
    await queue.setPower(true);
    await queue.setPower(false);
    expect(engine.asked.slice(2)).toEqual(['pause job 1']);
    await queue.setPower(true);
    await set({ paused: false });
    done('job 1');
    await until(['a done', 'b waiting']);
    expect(engine.started).toHaveLength(1);
    await queue.setPower(false);
    await until(['b running']);
    expect(changes.filter(({ type }) => type === 'power')).toHaveLength(6);
  });

  it('reads a queue from before it could wait for power', async () => {
    await add('a');
    await queue.close();
    const kept = JSON.parse(await readFile(file(), 'utf8')) as { settings: Record<string, unknown> };
    delete kept.settings['waitForMains'];
    await writeFile(file(), JSON.stringify(kept));
    await open();
    expect(queue.settings).toEqual(QUEUE_DEFAULTS);
    await until(['a running']);
  });

  it('survives a crash: what stands in the file is all there was', async () => {
    await add('a', 'b');
    await until(['a running', 'b waiting']);
    // No word of an end: the process is gone.
    await open();
    await until(['a running', 'b waiting']);
    await writeFile(file(), (await readFile(file(), 'utf8')).replace('"scale":2', '"scale":99'));
    await open();
    await until(['b running']);
    await writeFile(file(), '{"version":1,');
    await open();
    expect(states()).toEqual([]);
    expect(await readFile(`${file()}.damaged`, 'utf8')).toBe('{"version":1,');
  });

  it('holds a job by itself and lets the next one run', async () => {
    const [a] = await add('a', 'b');
    await until(['a running', 'b waiting']);
    engine.tell(progress(0.25));
    await queue.do({ kind: 'hold', ids: [a!] });
    await until(['a held', 'b running']);
    expect(queue.snapshot.items[0]?.fraction).toBe(0.25);
    await queue.do({ kind: 'release', ids: [a!] });
    expect(states()).toEqual(['a waiting', 'b running']);
    await queue.do({ kind: 'cancel', ids: [a!] });
    expect(states()).toEqual(['a cancelled', 'b running']);
  });

  it('goes on in a new engine where room is to be left for other work', async () => {
    await add('a');
    await until(['a running']);
    await queue.do({ kind: 'settings', settings: { ...queue.settings, leaveRoom: true } });
    expect([engine.asked, engine.closed]).toEqual([['cancel job 1'], 1]);
    await vi.waitFor(() => {
      expect(engine.started).toHaveLength(2);
    });
  });

  it('takes ten thousand jobs at once', async () => {
    const start = performance.now();
    await queue.do({ kind: 'settings', settings: { ...queue.settings, paused: true } });
    const ids = await queue.do({
      kind: 'add',
      wishes: Array.from({ length: 10_000 }, (_, index) => wish(String(index))),
    });
    await queue.do({ kind: 'move', ids: ids.slice(9_000), before: ids[0]! });
    expect(performance.now() - start).toBeLessThan(5000);
    await open();
    expect(queue.snapshot.items).toHaveLength(10_000);
    expect(queue.snapshot.items[0]?.request.input).toBe('/in/9000.mp4');
  });
});
