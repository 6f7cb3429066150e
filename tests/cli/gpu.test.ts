import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchResult, GpuFacts, JobResult } from '../../app/shared';
import { startCli } from '../support/cli';
import { gpuEnvironment, testGpu } from '../support/gpu';
import { frameHashes, makeClip, temporaryFolder } from '../support/media';

const found = await testGpu();
/** A loader that finds no driver. */
const NO_DRIVER = { VK_ICD_FILENAMES: '/nonexistent/icd.json' };

let folder: string;
let cleanUp: () => Promise<void>;
let clip: string;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
  clip = await makeClip(at('clip.mp4'), { width: 24, height: 16, rate: 5, seconds: 0.6 });
});
afterAll(() => cleanUp());

const at = (name: string): string => join(folder, name);

async function json<T>(args: readonly string[], env: Record<string, string>): Promise<T> {
  const { code, stdout, stderr } = await startCli([...args, '--json'], env).ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

async function run(name: string, backend: string): Promise<JobResult> {
  const wish = ['--enhance', '2', '--quality', 'fast', '--codec', 'ffv1', '--backend', backend];
  const { jobs } = await json<{ jobs: { result: JobResult }[] }>(
    ['run', clip, '-o', at(name), ...wish],
    gpuEnvironment(),
  );
  return jobs[0]!.result;
}

describe.skipIf(!found)('a job on a graphics card', () => {
  it('gives the very frames that the processor gives', async () => {
    const gpu = await run('gpu.mkv', 'webgpu');
    const cpu = await run('cpu.mkv', 'cpu');
    expect(gpu.backend).toMatch(/^GPU, .*SwiftShader/);
    expect(cpu.backend).toMatch(/^CPU/);
    expect(gpu.frames).toBe(3);
    expect(await frameHashes(at('gpu.mkv'))).toBe(await frameHashes(at('cpu.mkv')));
  });

  it('does not begin by itself on a program that stands for a card', async () => {
    expect((await run('auto.mkv', 'auto')).backend).toMatch(/^CPU/);
    const { gpus } = await json<{ gpus: GpuFacts[] }>(['gpus'], gpuEnvironment());
    expect(gpus).toMatchObject([{ software: true, chosen: false }]);
    expect(gpus[0]!.why).toContain('a program that computes on the processor');
  });

  // Shaders of all networks are compiled, by a program that stands for a card.
  it('is measured against what the card can do, every network of it', { timeout: 400_000 }, async () => {
    const { rows } = await json<BenchResult>(['bench', '--backend', 'webgpu'], gpuEnvironment());
    expect(rows.map(({ unit }) => unit)).toEqual(
      expect.arrayContaining(['GB/s', 'T ops/s', 'ms', 'fps', 'MB', 'G ops']),
    );
    for (const { name, value } of rows) expect(value, name).toBeGreaterThan(0);
    const names = rows.map(({ name }) => name);
    for (const part of ['detector', 'extreme', 'contour', 'points', 'step', 'refine'])
      expect(names).toEqual(expect.arrayContaining([`${part}, until it is done`, `${part}, there and back`]));
  });
});

describe('without a graphics card', () => {
  it('a job that wants one is refused, and auto says that there is none', async () => {
    const wish = ['--enhance', '2', '--backend', 'webgpu'];
    const refused = await startCli(['run', clip, '-o', at('never.mp4'), ...wish], NO_DRIVER).ended;
    const cut = ['--segment', 'person', '--backend', 'webgpu'];
    const uncut = await startCli(['run', clip, '-o', at('never.mp4'), ...cut], NO_DRIVER).ended;
    for (const { code, stderr } of [refused, uncut]) {
      expect(code).toBe(2);
      expect(stderr).toMatch(/^clearcut: (No graphics card was found|Graphics cards can not be used here)/);
    }
    const { gpus, backend } = await json<{ gpus: GpuFacts[]; backend: { name: string } }>(
      ['gpus'],
      NO_DRIVER,
    );
    expect(gpus).toEqual([]);
    expect(backend.name).toBe('cpu');
  });
});
