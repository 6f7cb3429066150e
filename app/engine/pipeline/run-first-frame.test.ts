import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip, temporaryFolder, tools } from '../../../tests/support/media';
import type { JobRequest, StageRequest } from '../../shared';
import { poster, probe } from '../media';
import { Gate, runFirstFrame, runVideo } from '.';

const ENLARGED: StageRequest = { kind: 'enhance', scale: 2, quality: 'fast' };
const SMOOTH: StageRequest = { kind: 'interpolate', factor: 2 };

describe('the first frame of a job', () => {
  let folder: string;
  let cleanUp: () => Promise<void>;
  beforeAll(async () => {
    ({ path: folder, cleanUp } = await temporaryFolder());
  });
  afterAll(() => cleanUp());

  it.each([
    ['enlarged', 'a.mp4', [ENLARGED], 1.2, []],
    ['at a rate that Matroska rounds', 'b.mkv', [ENLARGED], (34 * 1001) / 30_000, ['-r', '30000/1001']],
    ['its last one', 'c.mp4', [ENLARGED], 1.96, []],
    ['between others', 'd.mp4', [SMOOTH, ENLARGED], 1.2, []],
  ] as const)('is that of the export: %s', async (_, name, stages, start, rate) => {
    const input = await makeClip(join(folder, name), {
      args: [...rate, '-c:v', 'libx264', '-bf', '3', '-pix_fmt', 'yuv420p', '-colorspace', 'bt709'],
    });
    const found = await tools();
    const notes: string[] = [];
    const context = {
      ...{ tools: found, info: await probe(found, input), signal: new AbortController().signal },
      gate: new Gate(),
      events: {
        ...{ wrote: () => undefined, expects: () => undefined, finishing: () => undefined },
        ...{ note: (text: string) => void notes.push(text), chose: () => undefined },
      },
    };
    const request: JobRequest = {
      ...{ input, stages, start, end: start + 0.4, codec: 'ffv1', backend: 'cpu' },
      ...{ overwrite: false, resume: false, output: join(folder, `${name}.bmp`) },
    };
    const facts = await runFirstFrame(request, 7680, context);
    expect(facts).toMatchObject({ frames: 1, width: 128, height: 96, files: [request.output] });
    const exported = join(folder, `${name}.out.mkv`);
    await runVideo({ ...request, output: exported }, context);
    const expected = await poster(found, await probe(found, exported), 0, 7680);
    expect(Buffer.compare(await readFile(request.output), Buffer.from(expected))).toBe(0);
    expect((await readdir(folder)).filter((file) => file.startsWith('.'))).toEqual([]);
  });

  it('is told to be missing where the range has none, and leaves nothing where it is stopped', async () => {
    const input = await makeClip(join(folder, 'short.mp4'));
    const found = await tools();
    const stop = new AbortController();
    const context = {
      ...{ tools: found, info: await probe(found, input), signal: stop.signal, gate: new Gate() },
      events: {
        ...{ wrote: () => undefined, expects: () => undefined, finishing: () => undefined },
        ...{ note: () => undefined, chose: () => void stop.abort() },
      },
    };
    const request: JobRequest = {
      ...{ input, stages: [ENLARGED], start: 1.985, end: 1.99, codec: 'ffv1', backend: 'cpu' },
      ...{ overwrite: false, resume: false, output: join(folder, 'none.bmp') },
    };
    const quiet = { ...context, events: { ...context.events, chose: () => undefined } };
    await expect(runFirstFrame(request, 100, quiet)).rejects.toMatchObject({ code: 'no-video' });
    await expect(runFirstFrame({ ...request, start: 1 }, 100, context)).rejects.toMatchObject({
      name: 'CancelledError',
    });
    expect(await readdir(folder)).not.toContain('none.bmp');
  });
});
