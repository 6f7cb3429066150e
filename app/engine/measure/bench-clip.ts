import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JobRequest, MediaInfo, StageRequest } from '../../shared';
import { probe, type MediaTools } from '../media';
import { Gate, runVideo } from '../pipeline';

const run = promisify(execFile);

/** The frame that jobs are measured on: 640×360, 8-bit 4:2:0, as most old clips are. */
export const WIDTH = 640;
export const HEIGHT = 360;
/** The measured clip's frames, and how many a second it has. */
export const FRAMES = 72;
export const RATE = 24;

/** A clip that moves and has some grain, and a folder to work in; both are gone after `work`. */
export async function withClip<T>(
  tools: MediaTools,
  work: (clip: MediaInfo, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'clearcut-bench-'));
  try {
    const path = join(folder, 'in.mp4');
    const source = `testsrc2=size=${WIDTH}x${HEIGHT}:rate=${RATE}:duration=${FRAMES / RATE},noise=alls=6:allf=t`;
    await run(tools.ffmpeg.path, [
      ...['-nostdin', '-loglevel', 'error', '-f', 'lavfi', '-i', source],
      ...['-c:v', 'libx264', '-crf', '20', '-pix_fmt', 'yuv420p', path],
    ]);
    return await work(await probe(tools, path), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Frames a second of the whole job on the first `frames` of a clip: decode, enhance, encode, mux. */
export async function wholeJob(
  tools: MediaTools,
  clip: MediaInfo,
  folder: string,
  stage: StageRequest,
  frames = FRAMES,
): Promise<number> {
  const request: JobRequest = {
    input: clip.path,
    output: join(folder, 'out.mp4'),
    stages: [stage],
    codec: 'h264',
    end: frames / RATE,
    backend: 'auto',
    overwrite: true,
    resume: false,
  };
  const nothing = (): void => undefined;
  const events = { wrote: nothing, expects: nothing, finishing: nothing, note: nothing, chose: nothing };
  const from = performance.now();
  const { signal } = new AbortController();
  const result = await runVideo(request, { tools, info: clip, signal, gate: new Gate(), events });
  return result.frames / ((performance.now() - from) / 1000);
}
