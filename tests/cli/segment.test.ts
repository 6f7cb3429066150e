import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorData, JobResult } from '../../app/shared';
import { startCli } from '../support/cli';
import { ffmpeg, ffprobe, frameHashes, makeClip, temporaryFolder } from '../support/media';
import { firstSegment } from '../support/segments';

let folder: string;
let cleanUp: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, cleanUp } = await temporaryFolder());
});
afterAll(() => cleanUp());
const at = (name: string): string => join(folder, name);

interface Outcome {
  readonly result?: JobResult;
  readonly error?: ErrorData;
}

async function run(
  ...args: readonly string[]
): Promise<Outcome & { readonly code: number | null; readonly stderr: string }> {
  const { code, stdout, stderr } = await startCli(['run', ...args, '--json']).ended;
  const jobs = stdout === '' ? [] : (JSON.parse(stdout) as { jobs: Outcome[] }).jobs;
  return { ...jobs[0], code, stderr };
}

async function done(...args: readonly string[]): Promise<JobResult> {
  const { result, code, stderr } = await run(...args);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return result!;
}

describe('--segment', () => {
  it('says which classes there are, and which names hold what was asked for', async () => {
    const clip = await makeClip(at('clip.mp4'), { seconds: 0.3 });
    const unknown = await run(clip, '-o', at('x.mp4'), '--segment', 'person,unicorn');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/person, bicycle, car.*toothbrush/s);
    const opaque = await run(clip, '-o', at('x.mp4'), '--segment', 'person', '--output', 'cutout');
    expect(opaque).toMatchObject({ code: 2, stderr: expect.stringContaining('.mov (ProRes)') as string });
    const path = await run(clip, '--output', at('x.mp4'), '--enhance', '2');
    expect(path).toMatchObject({ code: 2, stderr: expect.stringContaining('overlay, cutout') as string });
    const lone = await run(clip, '-o', at('x.mp4'), '--enhance', '2', '--feather', '2');
    expect(lone).toMatchObject({ code: 2, stderr: expect.stringContaining('--segment person') as string });
    expect(await readdir(folder)).toEqual(['clip.mp4']);
  });

  it('gives the video all the same where nothing is found, in a chain as well', async () => {
    const clip = await makeClip(at('ブランク.mp4'), { width: 128, height: 96, seconds: 0.4 });
    const { notes, frames, choices } = await done(
      ...[clip, '-o', at('none.mp4'), '--segment', 'person', '--min-score', '0.95', '--contours', 'json'],
      ...['--interpolate', '2', '--method', 'motion'],
    );
    expect(frames).toBe(20);
    expect(choices.map(({ stage }) => stage)).toEqual(['segment']);
    expect(notes).toContainEqual(expect.stringMatching(/^No person was found with a score of 0.95/));
    const { images, annotations } = JSON.parse(await readFile(at('none.json'), 'utf8')) as {
      images: unknown[];
      annotations: unknown[];
    };
    expect([images.length, annotations.length]).toEqual([11, 0]);
  });
});

const DANCE = resolve('../shared/data/video-masks/dance-twirl');
describe.skipIf(!existsSync(DANCE))('a dancer who is cut out', () => {
  let clip: string;
  beforeAll(async () => {
    clip = at('dance.mp4');
    await ffmpeg(
      ...['-framerate', '24', '-start_number', '20', '-i', join(DANCE, 'frames/%05d.jpg')],
      ...['-vf', 'scale=1708:960', '-frames:v', '30', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', clip],
    );
  });

  it('is the same where the job was ended halfway by kill -9', async () => {
    const args = (name: string): string[] => [
      ...[clip, '-o', at(name), '--segment', 'person', '--min-score', '0.4'],
      ...['--output', 'matte', '--codec', 'ffv1', '--contours', 'json'],
    ];
    await done(...args('whole.mkv'));
    const broken = startCli(['run', ...args('parts.mkv')]);
    await firstSegment(at('parts.mkv'));
    broken.child.kill('SIGKILL');
    await broken.ended;
    const { framesThisRun, frames } = await done(...args('parts.mkv'));
    expect(frames).toBe(30);
    expect(framesThisRun).toBeLessThan(30);
    expect(await frameHashes(at('parts.mkv'))).toBe(await frameHashes(at('whole.mkv')));
    const document = await readFile(at('parts.json'), 'utf8');
    expect(document).toBe(await readFile(at('whole.json'), 'utf8'));
    expect((JSON.parse(document) as { annotations: unknown[] }).annotations.length).toBeGreaterThan(30);
  });

  it('has alpha, and comes in a file of her own', async () => {
    const { files } = await done(
      ...[clip, '-o', at('each.mov'), '--segment', 'person', '--min-score', '0.4', '--end', '0.3'],
      ...['--output', 'cutout', '--per-instance'],
    );
    expect(files!.length).toBeGreaterThan(0);
    for (const file of files!) {
      const { streams } = await ffprobe(file, '-show_streams');
      expect(streams).toMatchObject([{ codec_name: 'prores', codec_tag_string: 'ap4h' }]);
    }
  });
});
