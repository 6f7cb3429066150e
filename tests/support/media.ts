import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resolveTools, type MediaTools } from '../../app/engine/media';

const run = promisify(execFile);

let found: Promise<MediaTools> | undefined;

/** The ffmpeg and ffprobe that the product itself would use. */
export function tools(): Promise<MediaTools> {
  return (found ??= resolveTools());
}

/** Runs ffmpeg quietly; fails with its own words. */
export async function ffmpeg(...args: readonly string[]): Promise<void> {
  await run((await tools()).ffmpeg.path, ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', ...args]);
}

/** What ffprobe says of `path` in JSON, of the sections asked for (`-show_streams`, …). */
export async function ffprobe(
  path: string,
  ...args: readonly string[]
): Promise<Record<string, Record<string, unknown>[]>> {
  const { stdout } = await run(
    (await tools()).ffprobe.path,
    ['-loglevel', 'error', '-of', 'json', ...args, path],
    {
      maxBuffer: 1 << 28,
    },
  );
  return JSON.parse(stdout) as Record<string, Record<string, unknown>[]>;
}

/** Time and hash of every decoded video frame: equal texts mean equal videos. */
export async function frameHashes(path: string): Promise<string> {
  const { stdout } = await run(
    (await tools()).ffmpeg.path,
    ['-nostdin', '-loglevel', 'error', '-i', path, '-map', '0:v:0', '-f', 'framemd5', '-'],
    { maxBuffer: 1 << 28 },
  );
  return stdout
    .split('\n')
    .filter((line) => !line.startsWith('#software'))
    .join('\n');
}

/** A moving picture with sound: `seconds` of `width`×`height` at `rate` frames a second. */
export async function makeClip(
  path: string,
  {
    width = 64,
    height = 48,
    rate = 25,
    seconds = 2,
    sound = true,
    args = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
  }: {
    width?: number;
    height?: number;
    rate?: number;
    seconds?: number;
    sound?: boolean;
    args?: readonly string[];
  } = {},
): Promise<string> {
  const audio = sound
    ? ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`, '-c:a', 'aac']
    : [];
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    `testsrc2=size=${width}x${height}:rate=${rate}:duration=${seconds}`,
    ...audio,
    ...args,
    path,
  );
  return path;
}

/** A folder that is removed with all in it by `cleanUp`. */
export async function temporaryFolder(): Promise<{ path: string; cleanUp: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'clearcut-test-'));
  return { path, cleanUp: () => rm(path, { recursive: true, force: true }) };
}
