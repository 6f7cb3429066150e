import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { probe } from '../../app/engine/media';
import {
  Gate,
  runEachInstance,
  runStill,
  runVideo,
  type RunEvents,
  type RunFacts,
} from '../../app/engine/pipeline';
import { usualCodec, type JobRequest, type SegmentRequest } from '../../app/shared';
import type { Instance } from '../../app/engine/frames';
import { ellipse } from './hand-made';
import { ffmpeg, ffprobe, tools } from './media';

const run = promisify(execFile);

/** Size of the pictures that these jobs are about. */
export const WIDTH = 96;
export const HEIGHT = 64;
export const AREA = WIDTH * HEIGHT;
export const pixel = (x: number, y: number): number => y * WIDTH + x;

/** One object that moves to the right, and from frame 5 on a second one that stands still. */
export function twoObjects(index: number): Instance[] {
  const first = ellipse({ track: 1, x: 30 + index, y: 30, a: 14, b: 18 });
  const second = ellipse({ track: 2, x: 76, y: 40, a: 9, b: 12, classIndex: 2 }, { outlier: true });
  return index < 5 ? [first] : [first, second];
}

/** Runs a job in this process: what it cuts out is said by the test. */
export async function job(
  input: string,
  output: string,
  segment: Partial<SegmentRequest>,
  more: Partial<JobRequest> = {},
  abort = new AbortController(),
  wrote: RunEvents['wrote'] = () => undefined,
): Promise<RunFacts> {
  const stages = [{ kind: 'segment', classes: ['person', 'car'], ...segment } as SegmentRequest];
  const request: JobRequest = {
    ...{ input, output, stages },
    ...{ codec: usualCodec(output, stages), backend: 'cpu', overwrite: false, resume: true },
    ...more,
  };
  const found = await tools();
  const info = await probe(found, input);
  const nothing = (): void => undefined;
  const context = {
    ...{ tools: found, info, gate: new Gate() },
    signal: abort.signal,
    events: { wrote, expects: nothing, finishing: nothing, note: nothing, chose: nothing },
  };
  if (info.kind === 'still') return runStill(request, context);
  return segment.perInstance ? runEachInstance(request, context) : runVideo(request, context);
}

/** How this ffmpeg is told to keep every frame with its own time. */
export async function everyFrame(how: 'passthrough' | 'vfr' = 'passthrough'): Promise<string[]> {
  return [(await tools()).avcodecMajor >= 60 ? '-fps_mode' : '-vsync', how];
}

/** `path` again as a player turns it by 90 degrees, one way or the other. */
export async function turned(path: string, output: string): Promise<void> {
  const old = (await tools()).avcodecMajor < 60;
  const before = old ? [] : ['-display_rotation', '-90'];
  await ffmpeg(...before, '-i', path, '-c', 'copy', ...(old ? ['-metadata:s:v', 'rotate=90'] : []), output);
}

/** Samples of all frames in an ffmpeg format, one piece for each frame. */
export async function rawFrames(
  path: string,
  format: string,
  size: number,
  before: readonly string[] = [],
): Promise<Buffer[]> {
  const { stdout } = await run(
    (await tools()).ffmpeg.path,
    [
      ...['-nostdin', '-loglevel', 'error', ...before, '-i', path, '-map', '0:v:0'],
      ...[...(await everyFrame()), '-pix_fmt', format, '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 1 << 28 },
  );
  return Array.from({ length: stdout.length / size }, (_, i) => stdout.subarray(i * size, (i + 1) * size));
}

/** Seconds at which a video's frames are shown, in order. */
export async function timesOf(path: string): Promise<number[]> {
  const { packets } = await ffprobe(path, '-select_streams', 'v:0', '-show_packets');
  return packets!.map(({ pts_time }) => Number(pts_time)).sort((a, b) => a - b);
}

/** What a document of contours holds. */
export interface Coco {
  readonly images: readonly {
    id: number;
    frame: number;
    time: number;
    duration?: number;
    width: number;
    height: number;
  }[];
  readonly annotations: readonly {
    id: number;
    image_id: number;
    category_id: number;
    track_id: number;
    segmentation: readonly (readonly number[])[];
    bbox: readonly number[];
    area: number;
    score: number;
    confidence: number;
    outlier: boolean;
  }[];
  readonly categories: readonly { id: number; name: string }[];
  readonly tracks: readonly { id: number; first_frame: number; last_frame: number; frames: number }[];
}

export async function cocoOf(path: string): Promise<Coco> {
  return JSON.parse(await readFile(path, 'utf8')) as Coco;
}
