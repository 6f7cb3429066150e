import { join } from 'node:path';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { ClearcutApi, JobRequest, QueueChange, QueueItem } from '../../app/shared';
import { makeClip, temporaryFolder } from '../support/media';
import { startMain, type StandIn, type StandInWindow } from './stand-in';

const bundle = new URL('../../out/main/index.js', import.meta.url);

export let folder: string;
let cleanUp: () => Promise<void>;
export let clip: string;
export let electron: StandIn;
export let window: StandInWindow;
export const changes: QueueChange[] = [];
export const opened: string[] = [];
export const commands: string[] = [];

export const page = (): ClearcutApi => electron.exposed['clearcut'] as ClearcutApi;

/** The main process as it starts with a clip on its command line, for all tests of a file; what is exported here is of it. */
export function startForAll(): void {
  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
    clip = await makeClip(join(folder, 'clip one.mp4'), { rate: 10, seconds: 2 });
    electron = await startMain(
      bundle,
      ['--some-switch', clip, join(folder, 'missing.mp4')],
      join(folder, 'userData'),
    );
    // What must be done before Electron is ready has been done by now.
    expect(electron.app.calls).toEqual([
      'enableSandbox',
      'setAppUserModelId',
      'requestSingleInstanceLock',
      'whenReady',
    ]);
    expect(electron.schemes).toEqual([
      { scheme: 'clearcut', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    expect(electron.windows).toEqual([]);
    electron.pageScript = () => {
      page().onOpen((paths) => opened.push(...paths));
      page().onQueueChange((change) => changes.push(change));
      page().onCommand((command) => commands.push(command));
    };
    electron.app.becomeReady();
    await vi.waitFor(() => {
      expect(electron.windows[0]?.shown).toBe(true);
    });
    window = electron.windows[0] as StandInWindow;
  });
  afterAll(async () => {
    for (const child of electron.engines) child.kill();
    await cleanUp();
  });
}

export const TWICE = [{ kind: 'enhance', scale: 2 }] as const;

export function request(input: string, output: string, overwrite = false): JobRequest {
  return {
    input,
    output,
    stages: TWICE,
    codec: 'h264',
    backend: 'auto',
    overwrite,
    resume: true,
  };
}

/** Queues a job, as the window does. */
export async function start(wanted: JobRequest): Promise<string> {
  const wishes = [{ request: wanted, source: null }];
  const [id] = await page().changeQueue({ kind: 'add', wishes });
  return id ?? '';
}

export async function item(id: string): Promise<QueueItem> {
  const { items } = await page().queue();
  const found = items.find((one) => one.id === id);
  if (!found) throw new Error(`There is no job ${id}.`);
  return found;
}

/** The job once it is in one of these states. */
export async function reached(id: string, ...states: readonly QueueItem['state'][]): Promise<QueueItem> {
  return vi.waitFor(
    async () => {
      const found = await item(id);
      expect(states).toContain(found.state);
      return found;
    },
    { timeout: 100_000 },
  );
}

export const drop = async (path: string): Promise<string> => {
  const [found] = await page().pathsOfDrop([{ name: 'clip', size: 1, realPath: path } as never]);
  return found ?? '';
};
