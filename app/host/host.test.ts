import { access, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineClient } from '../engine';
import { UserError, type JobEvent, type JobRequest } from '../shared';
import { ExportQueue, JobLog, KeptEngine, KeptNowhere, PageEngine, readAsset } from '.';

/** An engine that tells what it was asked; the real one is tested end to end. */
class FakeEngine {
  readonly started: JobRequest[] = [];
  readonly probed: string[] = [];
  readonly #job = new Set<(event: JobEvent) => void>();
  readonly #lost = new Set<(error: Error) => void>();
  closed = false;

  async start(request: JobRequest): Promise<string> {
    this.started.push(request);
    return `job ${this.started.length}`;
  }
  async cancel(jobId: string): Promise<void> {
    this.tell({ type: 'cancelled', jobId });
  }
  async probe(path: string): Promise<string> {
    this.probed.push(path);
    return path;
  }
  onJobEvent(listener: (event: JobEvent) => void): () => void {
    this.#job.add(listener);
    return () => this.#job.delete(listener);
  }
  onLog(): () => void {
    return () => undefined;
  }
  onLost(listener: (error: Error) => void): () => void {
    this.#lost.add(listener);
    return () => this.#lost.delete(listener);
  }
  async close(): Promise<void> {
    this.closed = true;
  }
  tell(event: JobEvent): void {
    for (const listener of this.#job) listener(event);
  }
  die(): void {
    for (const listener of this.#lost) listener(new UserError('engine-lost', 'It died.'));
  }
  get client(): EngineClient {
    return this as unknown as EngineClient;
  }
}

const TWICE = [{ kind: 'enhance', scale: 2 }] as const;

const request = (input: string, output: string, overwrite = false): JobRequest => ({
  input,
  output,
  stages: TWICE,
  codec: 'h264',
  backend: 'auto',
  overwrite,
  resume: true,
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearcut-host-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the engine behind a page', () => {
  let engine: FakeEngine;
  let pages: PageEngine;
  let queue: ExportQueue;
  beforeEach(async () => {
    engine = new FakeEngine();
    queue = await ExportQueue.open(engine.client, new KeptNowhere(), new JobLog(null));
    pages = new PageEngine(engine.client, queue);
  });
  const start = async (wanted: JobRequest): Promise<string> => {
    const [id] = await pages.changeQueue({ kind: 'add', wishes: [{ request: wanted, source: null }] });
    await vi.waitFor(() => {
      expect(engine.started.some(({ output }) => output === wanted.output)).toBe(true);
    });
    return id ?? '';
  };

  it('suggests names that no file and no running job has', async () => {
    const input = pages.admitInput(join(folder, 'a.mp4'));
    const first = await pages.suggestOutput(input, TWICE, 'h264');
    expect(first).toBe(join(folder, 'a-clearcut-2x.mp4'));
    const id = await start(request(input, first));
    const second = await pages.suggestOutput(input, TWICE, 'h264');
    expect(second).toBe(join(folder, 'a-clearcut-2x-2.mp4'));
    await writeFile(second, '');
    expect(await pages.suggestOutput(input, TWICE, 'h264')).toBe(join(folder, 'a-clearcut-2x-3.mp4'));
    await pages.changeQueue({ kind: 'remove', ids: [id] });
    expect(await pages.suggestOutput(input, TWICE, 'h264')).toBe(first);
  });

  it('reads a path the same however it is written, and refuses all others', async () => {
    const input = pages.admitInput(join(folder, 'x/../b.mp4'));
    expect(input).toBe(join(folder, 'b.mp4'));
    await pages.probe(join(folder, './y/../b.mp4'));
    expect(engine.probed).toEqual([input]);
    await expect(pages.probe(join(folder, 'c.mp4'))).rejects.toMatchObject({ code: 'no-such-file' });
    await expect(start(request(input, join(folder, 'c.mp4')))).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });

  it('puts no job back whose result another one writes by now', async () => {
    const input = pages.admitInput(join(folder, 'again.mp4'));
    const output = await pages.suggestOutput(input, TWICE, 'h264');
    const id = await start(request(input, output));
    await pages.changeQueue({ kind: 'remove', ids: [id] });
    const other = await start(request(input, output));
    await expect(pages.changeQueue({ kind: 'restore', ids: [id] })).rejects.toMatchObject({
      code: 'output-exists',
    });
    await pages.changeQueue({ kind: 'remove', ids: [other] });
    await pages.changeQueue({ kind: 'restore', ids: [id] });
    expect(pages.queue.items.map((item) => item.id)).toEqual([id]);
  });

  it('replaces only what the user agreed to replace', async () => {
    const input = pages.admitInput(join(folder, 'd.mp4'));
    await start(request(input, await pages.suggestOutput(input, TWICE, 'h264'), true));
    engine.tell({ type: 'cancelled', jobId: 'job 1' });
    await start(request(input, pages.admitOutput(join(folder, 'chosen.mp4')), true));
    expect(engine.started.map(({ overwrite }) => overwrite)).toEqual([false, true]);
  });

  it('gives out results of its jobs once they are there', async () => {
    const input = pages.admitInput(join(folder, 'e.mp4'));
    const output = await pages.suggestOutput(input, TWICE, 'h264');
    await start(request(input, output));
    expect(() => pages.result(output)).toThrow('no result');
    engine.tell({ type: 'done', jobId: 'job 1', result: { output } as never });
    await vi.waitFor(() => {
      expect(pages.result(output)).toBe(output);
    });
    await pages.probe(output);
  });
});

describe('a job that cuts out', () => {
  const cutOut = (more: object): JobRequest['stages'] => [{ kind: 'segment', classes: ['person'], ...more }];

  it('may have a picture that the user opened behind its objects, and no other', async () => {
    const engine = new FakeEngine();
    const queue = await ExportQueue.open(engine.client, new KeptNowhere(), new JobLog(null));
    const pages = new PageEngine(engine.client, queue);
    const input = pages.admitInput(join(folder, 'q.mp4'));
    const beach = pages.admitInput(join(folder, 'beach.jpg'));
    const add = (stages: JobRequest['stages']): Promise<readonly string[]> =>
      pages.changeQueue({
        kind: 'add',
        wishes: [
          { request: { ...request(input, pages.admitOutput(join(folder, 'r.mp4'))), stages }, source: null },
        ],
      });
    const behind = (image: string): JobRequest['stages'] =>
      cutOut({ output: 'replace', background: { image } });
    await expect(add(behind('/etc/passwd'))).rejects.toMatchObject({ code: 'no-such-file' });
    await expect(add(cutOut({ contours: '/etc/cron.d/x.json' }))).rejects.toMatchObject({
      code: 'output-not-writable',
    });
    await expect(
      pages.startPreview({ input, stages: behind('/etc/passwd'), start: 0, end: 1 }),
    ).rejects.toMatchObject({ code: 'no-such-file' });
    await add(behind(join(folder, 'x/../beach.jpg')));
    await vi.waitFor(() => {
      expect(engine.started.map(({ stages }) => stages)).toEqual([behind(beach)]);
    });
  });
});

describe('a preview', () => {
  let engine: FakeEngine;
  let pages: PageEngine;
  let input: string;
  beforeEach(async () => {
    engine = new FakeEngine();
    const queue = await ExportQueue.open(new FakeEngine().client, new KeptNowhere(), new JobLog(null));
    pages = new PageEngine(engine.client, queue);
    input = pages.admitInput(join(folder, 'p.mp4'));
  });
  const exists = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );

  it('is of opened files alone, and is given out once', async () => {
    const part = { stages: TWICE, start: 1, end: 2 };
    await expect(pages.startPreview({ ...part, input: '/etc/passwd' })).rejects.toMatchObject({
      code: 'no-such-file',
    });
    const jobId = await pages.startPreview({ ...part, input });
    const { output, ...rest } = engine.started[0]!;
    expect(rest).toMatchObject({ ...part, input, overwrite: false, resume: false, codec: 'h264' });
    await writeFile(output, 'pictures');
    engine.tell({ type: 'done', jobId, result: { output } as never });
    expect(() => pages.result(output)).toThrow('no result');
    expect(Buffer.from(await pages.takePreview(jobId)).toString()).toBe('pictures');
    expect(await exists(dirname(output))).toBe(false);
    await expect(pages.takePreview(jobId)).rejects.toMatchObject({ code: 'no-such-file' });
  });

  it('of what has no picture, or one with transparency, shows what comes of it', async () => {
    const shown = async (more: object): Promise<unknown> => {
      const stage = { kind: 'segment', classes: 'all', ...more } as JobRequest['stages'][number];
      await pages.startPreview({ input, stages: [stage], start: 0, end: 1 });
      return engine.started.at(-1)?.stages[0];
    };
    const plain = { kind: 'segment', classes: 'all' };
    expect(await shown({ output: 'json' })).toEqual({ ...plain, output: 'overlay' });
    expect(await shown({ output: 'blur', contours: 'svg' })).toEqual({ ...plain, output: 'blur' });
    expect(await shown({ output: 'cutout', perInstance: true, feather: 2 })).toEqual({
      ...plain,
      ...{ output: 'replace', feather: 2, background: { colour: { red: 128, green: 128, blue: 128 } } },
    });
  });

  it('of objects is a document of where they are', async () => {
    await expect(
      pages.startObjects({ input: '/etc/passwd', classes: 'all', start: 0 }),
    ).rejects.toMatchObject({
      code: 'no-such-file',
    });
    const jobId = await pages.startObjects({ input, classes: ['dog'], minScore: 0.4, start: 2, end: 3 });
    const { output, ...rest } = engine.started[0]!;
    expect(rest).toMatchObject({
      ...{ input, start: 2, end: 3, overwrite: false, resume: false },
      stages: [{ kind: 'segment', classes: ['dog'], minScore: 0.4, output: 'json' }],
    });
    await writeFile(output, '{}');
    engine.tell({ type: 'done', jobId, result: { output } as never });
    expect(Buffer.from(await pages.takePreview(jobId)).toString()).toBe('{}');
    const still = pages.admitInput(join(folder, 'p.jpg'));
    await pages.startObjects({ input: still, classes: 'all', start: 0 });
    expect(engine.started[1]).not.toHaveProperty('start');
  });

  it('leaves nothing where it came to nothing, or where nobody took it', async () => {
    const request = { input, stages: TWICE, start: 0, end: 1 };
    const cancelled = await pages.startPreview(request);
    engine.tell({ type: 'cancelled', jobId: cancelled });
    await vi.waitFor(async () => {
      expect(await exists(dirname(engine.started[0]!.output))).toBe(false);
    });
    await pages.startPreview(request);
    await pages.removePreviews();
    expect(await exists(dirname(engine.started[1]!.output))).toBe(false);
    engine.start = () => Promise.reject(new UserError('no-video', 'No.'));
    await expect(pages.startPreview(request)).rejects.toMatchObject({ code: 'no-video' });
  });
});

describe('an engine that is kept', () => {
  it('fails the jobs of a dead engine, once, and starts a new one for the next call', async () => {
    const engines: FakeEngine[] = [];
    const kept = new KeptEngine(() => {
      engines.push(new FakeEngine());
      return (engines.at(-1) as FakeEngine).client;
    });
    const events: JobEvent[] = [];
    kept.onJobEvent((event) => events.push(event));
    expect(kept.closed).toBe(true);
    const ended = await kept.start(request('a', 'b'));
    engines[0]?.tell({ type: 'cancelled', jobId: ended });
    const running = await kept.start(request('a', 'c'));
    engines[0]?.die();
    expect(events).toEqual([
      { type: 'cancelled', jobId: ended },
      { type: 'failed', jobId: running, error: { code: 'engine-lost', message: 'It died.' } },
    ]);
    expect(engines).toHaveLength(1);
    await kept.probe('a');
    expect(engines).toHaveLength(2);
    await kept.close();
    expect([kept.closed, engines[0]?.closed, engines[1]?.closed]).toEqual([true, false, true]);
  });
});

describe('files of the window', () => {
  it('are those under its folder, by names that lead nowhere else', async () => {
    const root = join(folder, 'page');
    await mkdir(join(root, 'assets'), { recursive: true });
    await writeFile(join(root, 'index.html'), 'page');
    await writeFile(join(root, 'assets/a-1_b.js'), 'code');
    await writeFile(join(root, 'assets/notes.txt'), 'not for pages');
    await writeFile(join(folder, 'outside.js'), 'outside');
    await symlink(join(folder, 'outside.js'), join(root, 'assets/link.js'));
    const read = async (path: string): Promise<string | null> =>
      (await readAsset(root, path))?.bytes.toString() ?? null;
    expect(await read('/')).toBe('page');
    expect(await read('/assets/a-1_b.js')).toBe('code');
    expect(await read('/assets/a%2d1_b.js')).toBe('code');
    for (const path of [
      '',
      'assets/a-1_b.js',
      '/../outside.js',
      '/assets/%2e%2e/%2e%2e/outside.js',
      '/assets/..%5c..%5coutside.js',
      '/assets/link.js',
      '/assets/notes.txt',
      '/assets',
      '//assets/a-1_b.js',
      '/C:/outside.js',
      '/assets/a-1_b.js%00.html',
      '/%ff',
    ]) {
      expect(await read(path), path).toBe(null);
    }
  });
});
