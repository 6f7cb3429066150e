import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { random } from '../../../tests/support/random';
import type { JobRequest } from '../../shared';
import { freeBytesBeside, shortOfSpace } from './disk-space';
import { planJobs } from './plan';
import { ProgressMeter } from './progress';

describe('the plan of a request', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearcut-plan-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function files(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), 'x');
    }
  }

  function request(input: string, output: string, codec: JobRequest['codec'] = 'h264'): JobRequest {
    return {
      input: join(folder, input),
      output: join(folder, output),
      stages: [{ kind: 'enhance', scale: 2 }],
      codec,
      backend: 'auto',
      overwrite: false,
      resume: true,
    };
  }

  const plan = (...requests: readonly JobRequest[]): Promise<readonly JobRequest[]> => planJobs(requests);
  const names = (jobs: readonly JobRequest[]): string[][] =>
    jobs.map((job) => [job.input.slice(folder.length + 1), job.output.slice(folder.length + 1)]);

  it('mirrors a folder tree, leaving out what is no media and what is hidden', async () => {
    await files(
      'in/b.mp4',
      'in/a/日本語 (1) &.mkv',
      'in/a/readme.txt',
      'in/.hidden.mp4',
      'in/.git/x.mp4',
      'in/photo.PNG',
      'in/old.avi',
    );
    expect(names(await plan(request('in', 'out')))).toEqual([
      ['in/a/日本語 (1) &.mkv', 'out/a/日本語 (1) &.mkv'],
      ['in/b.mp4', 'out/b.mp4'],
      ['in/old.avi', 'out/old.mkv'],
      ['in/photo.PNG', 'out/photo.PNG'],
    ]);
  });

  it('gives results the container that their codec needs', async () => {
    await files('in/clip.mp4', 'in/other.mov');
    expect(names(await plan(request('in', 'out', 'prores'))).map(([, output]) => output)).toEqual([
      'out/clip.mov',
      'out/other.mov',
    ]);
    expect(names(await plan(request('in', 'out', 'vp9'))).map(([, output]) => output)).toEqual([
      'out/clip.mp4',
      'out/other.mkv',
    ]);
  });

  it('gives cut-outs names that hold transparency: of a video, numbered pictures in a folder', async () => {
    await files('in/clip.mp4', 'in/photo.jpg');
    await mkdir(join(folder, 'there'));
    const cutout = (input: string, output: string, codec: JobRequest['codec'] = 'prores'): JobRequest => ({
      ...request(input, output, codec),
      stages: [{ kind: 'segment', classes: 'all', output: 'cutout' }],
    });
    const outputOf = async (input: string, output: string): Promise<string | undefined> =>
      names(await plan(cutout(input, output)))[0]?.[1];
    expect(await outputOf('in/clip.mp4', 'there')).toBe('there/%05d.png');
    expect(await outputOf('in/clip.mp4', 'new/')).toBe('new/%05d.png');
    expect(await outputOf('in/clip.mp4', 'new')).toBe('new/%05d.png');
    expect(await outputOf('in/clip.mp4', 'clip.webp')).toBe('clip.webp');
    expect(await outputOf('in/photo.jpg', 'there')).toBe('there/photo.png');
    expect(names(await plan(cutout('in', 'out', 'vp9'))).map(([, output]) => output)).toEqual([
      'out/clip.webm',
      'out/photo.png',
    ]);
    const contours = (wish: string): JobRequest => ({
      ...request('in', 'out'),
      stages: [{ kind: 'segment', classes: 'all', contours: wish }],
    });
    await expect(plan(contours('all.json'))).rejects.toThrow('--contours json');
    expect(await plan(contours('svg'))).toHaveLength(2);
  });

  it('keeps two inputs apart that differ only in their extension', async () => {
    await files('in/clip.avi', 'in/clip.mkv');
    expect(names(await plan(request('in', 'out'))).map(([, output]) => output)).toEqual([
      'out/clip.avi.mkv',
      'out/clip.mkv',
    ]);
  });

  it('does not feed on an output folder inside the input', async () => {
    await files('in/clip.mp4', 'in/out/clip.mp4');
    expect(names(await plan(request('in', 'in/out')))).toEqual([['in/clip.mp4', 'in/out/clip.mp4']]);
  });

  it('puts the result of a file into an output that is a folder', async () => {
    await files('clip.mp4', 'out/other.txt');
    expect(names(await plan(request('clip.mp4', 'out')))).toEqual([['clip.mp4', 'out/clip.mp4']]);
    expect(names(await plan(request('clip.mp4', 'new.mkv')))).toEqual([['clip.mp4', 'new.mkv']]);
  });

  it('puts the results of several inputs into one folder, each under a name of its own', async () => {
    await files('a/clip.mp4', 'b/clip.mp4', 'b/deep/clip.mp4', 'c.avi', 'out/old/x.mp4');
    const several = (output: string, ...inputs: readonly string[]): Promise<readonly JobRequest[]> =>
      plan(...inputs.map((input) => request(input, output)));
    expect(names(await several('out', 'a/clip.mp4', 'b/clip.mp4', 'a/../a/clip.mp4', 'c.avi', 'b'))).toEqual([
      ['a/clip.mp4', 'out/clip.mp4'],
      ['b/clip.mp4', 'out/clip (2).mp4'],
      ['c.avi', 'out/c.mkv'],
      ['b/clip.mp4', 'out/b/clip.mp4'],
      ['b/deep/clip.mp4', 'out/b/deep/clip.mp4'],
    ]);
    // The folder of all results is left out where an input holds it.
    expect(names(await several('b/out', 'b', 'c.avi'))).toHaveLength(3);
    await files('b/out/c.mkv');
    expect(names(await several('b/out', 'b', 'c.avi'))).toHaveLength(3);
    await expect(several('out.mp4', 'c.avi', 'b')).rejects.toThrow('such as');
    await expect(several('c.avi', 'a/clip.mp4', 'b/clip.mp4')).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(several('out', 'a/clip.mp4', 'none.mp4')).rejects.toMatchObject({ code: 'no-such-file' });
  });

  it('makes 68 jobs of 68 files', async () => {
    const inputs = Array.from({ length: 68 }, (_, index) => `${index}.mp4`);
    await files(...inputs);
    const jobs = names(await plan(...inputs.map((input) => request(input, 'out'))));
    expect(jobs).toEqual(inputs.map((input) => [input, `out/${input}`]));
  });

  it('follows links to files, not those to folders, and lets a job say that a folder can’t be read', async () => {
    await files('in/clip.mp4', 'elsewhere/other.mp4', 'in/shut/x.mp4');
    await symlink(join(folder, 'elsewhere/other.mp4'), join(folder, 'in/link.mp4'));
    await symlink(join(folder, 'in'), join(folder, 'in/round'));
    await symlink(join(folder, 'nowhere'), join(folder, 'in/broken.mp4'));
    const open = ['in/clip.mp4', 'in/link.mp4'];
    await chmod(join(folder, 'in/shut'), 0);
    // Whoever runs as root reads it all the same.
    const shut = process.getuid?.() === 0 ? 'in/shut/x.mp4' : 'in/shut';
    expect(names(await plan(request('in', 'out'))).map(([input]) => input)).toEqual([...open, shut]);
    await chmod(join(folder, 'in/shut'), 0o700);
  });

  it('refuses what cannot be, naming it', async () => {
    await files('in/readme.txt', 'file.mp4');
    await expect(plan(request('in', 'out'))).rejects.toMatchObject({ code: 'no-media' });
    await expect(plan(request('in', 'in'))).rejects.toMatchObject({ code: 'output-is-input' });
    await expect(plan(request('in', 'file.mp4'))).rejects.toMatchObject({ code: 'output-not-writable' });
    await expect(plan(request('nowhere.mp4', 'out.mp4'))).rejects.toMatchObject({ code: 'no-such-file' });
  });
});

describe('the progress meter', () => {
  it('says nothing early, then the rate and the time left', () => {
    let now = 0;
    const meter = new ProgressMeter(() => now);
    meter.start();
    for (let frame = 1; frame <= 40; frame++) {
      now += 0.1;
      meter.update(frame);
    }
    expect(meter.framesPerSecond).toBeNull();
    expect(meter.eta(60)).toBeNull();
    for (let frame = 41; frame <= 100; frame++) {
      now += 0.1;
      meter.update(frame);
    }
    expect(meter.framesPerSecond).toBeCloseTo(10, 6);
    expect(meter.eta(50)).toBeCloseTo(5, 6);
    expect(meter.eta(null)).toBeNull();
  });

  it('leaves pauses out', () => {
    let now = 0;
    const meter = new ProgressMeter(() => now);
    meter.start();
    for (let frame = 1; frame <= 60; frame++) {
      now += 0.1;
      meter.update(frame);
    }
    meter.pause();
    now += 3600;
    meter.start();
    now += 0.1;
    meter.update(61);
    expect(meter.activeSeconds).toBeCloseTo(6.1, 6);
    expect(meter.framesPerSecond).toBeCloseTo(10, 6);
  });

  it('follows a change of speed within the half minute', () => {
    let now = 0;
    let frame = 0;
    const meter = new ProgressMeter(() => now);
    meter.start();
    for (; frame < 600; frame++, now += 0.1) meter.update(frame);
    for (; frame < 700; frame++, now += 1) meter.update(frame);
    expect(meter.framesPerSecond).toBeGreaterThan(1);
    expect(meter.framesPerSecond).toBeLessThan(1.6);
  });

  it('errs by less than a fifth in the median after a tenth of a job, however uneven its frames are', () => {
    const next = random(7);
    const errors: number[] = [];
    for (let job = 0; job < 200; job++) {
      let now = 0;
      const meter = new ProgressMeter(() => now);
      meter.start();
      const total = 1000 + Math.floor(next() * 9000);
      const usual = 0.02 + next() * 0.5;
      let scene = 1;
      let told: { readonly at: number; readonly eta: number } | null = null;
      for (let frame = 1; frame <= total; frame++) {
        // Scenes cost from half to one and a half of what is usual, frames differ by a third, and nothing is quick at first.
        if (frame % 150 === 1) scene = 0.5 + next();
        now += usual * scene * (0.67 + next() * 0.66) + (frame === 1 ? 2 : 0);
        meter.update(frame);
        const eta = meter.eta(total - frame);
        if (told === null && frame >= total / 10 && eta !== null) told = { at: now, eta };
      }
      if (told) errors.push(Math.abs(told.eta / (now - told.at) - 1));
    }
    errors.sort((a, b) => a - b);
    expect(errors).toHaveLength(200);
    expect(errors[100]).toBeLessThan(0.2);
  });

  it('never lets the fraction fall, nor reach one by itself', () => {
    const meter = new ProgressMeter(() => 0);
    expect(meter.fraction(5, null)).toBeNull();
    expect(meter.fraction(50, 100)).toBe(0.5);
    expect(meter.fraction(40, 100)).toBe(0.5);
    expect(meter.fraction(120, 100)).toBe(0.999);
  });
});

describe('room on the disk', () => {
  it('is told to be short where a result and its segments won’t fit side by side', () => {
    expect(shortOfSpace(1000, 100, 1900)).toBeNull();
    expect(shortOfSpace(5e9, 1e9, 8.9e9)).toContain(
      'will take about 5.0 GB, twice that for a moment, and 8.9 GB is free',
    );
  });

  it('is that of the folder a result goes to; unknown where there is none', async () => {
    expect(await freeBytesBeside(join(tmpdir(), 'result.mp4'))).toBeGreaterThan(0);
    expect(await freeBytesBeside(join(tmpdir(), 'no such folder', 'result.mp4'))).toBeNull();
  });
});
