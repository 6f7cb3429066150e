import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchRow, MediaInfo, StageRequest } from '../../shared';
import { FramePool, type Frame } from '../frames';
import { decodeFormat, encoderFor, openDecoder, openSegmentEncoder, type MediaTools } from '../media';
import { Stopwatch } from '../pipeline';
import { createStage } from '../stages';
import { FRAMES, HEIGHT, WIDTH, wholeJob, withClip } from './bench-clip';
import type { BenchContext } from './bench-section';

const run = promisify(execFile);

const STAGE: StageRequest = { kind: 'enhance', scale: 2, quality: 'light' };
const live = new AbortController().signal;

/**
 * Frames a second of each part of the pipeline by itself, and of all of them at once. The whole can't
 * be faster than its slowest part; its ratio to that part says how well they overlap.
 */
export async function benchPipeline({ tools }: BenchContext): Promise<readonly BenchRow[]> {
  return withClip(tools, async (info, folder) => {
    const parts = await partsAlone(tools, info, folder);
    const whole = await wholeJob(tools, info, folder, STAGE);
    const slowest = parts.reduce((least, part) => (part.value < least.value ? part : least));
    const group = `pipeline, light, ${WIDTH}×${HEIGHT} → ${2 * WIDTH}×${2 * HEIGHT}, H.264`;
    return [
      ...parts.map((part) => ({ group, name: part.name, value: part.value, unit: 'fps' })),
      {
        group,
        name: 'whole job',
        value: whole,
        unit: 'fps',
        baseline: { name: `${slowest.name} alone`, value: slowest.value },
        ratio: whole / slowest.value,
      },
    ];
  });
}

/** Decode, enhance and encode, each with nothing beside it. */
async function partsAlone(
  tools: MediaTools,
  info: MediaInfo,
  folder: string,
): Promise<{ name: string; value: number }[]> {
  const format = decodeFormat(info);
  if (!format.supported) throw new Error(format.reason);
  const stage = createStage(STAGE);
  const stopwatch = new Stopwatch();
  try {
    const decoded: Frame[] = [];
    const decoder = openDecoder(tools, info, {
      ...format,
      pool: new FramePool(format.stream, FRAMES + 2),
      signal: live,
    });
    await stopwatch.time('decode', async () => {
      for await (const frame of decoder) decoded.push(frame);
    });
    const plan = await stage.init({
      input: format.stream,
      display: info.video,
      backend: 'auto',
      still: false,
      expectedFrames: FRAMES,
      chosenBefore: null,
      foundBefore: null,
      signal: live,
      note: () => undefined,
    });
    const choice = await encoderFor(tools, { codec: 'h264', stream: plan.output, container: 'mp4' });
    if (!choice.supported) throw new Error(choice.reason);
    const encoder = openSegmentEncoder(tools, {
      stream: plan.output,
      encoder: choice.encoder,
      path: join(folder, 'part.nut'),
      signal: live,
    });
    for (const frame of decoded) {
      for await (const enlarged of stopwatch.iterate('enhance', stage.process(frame))) {
        // Written at once, so that encoding is fed as in a job; its time is taken on its own below.
        await stopwatch.time('hand over', () => encoder.write(enlarged));
        enlarged.release();
      }
    }
    await encoder.finish();
    const encode = await encodeAlone(tools, join(folder, 'part.nut'));
    return [
      { name: 'decode', value: decoded.length / stopwatch.seconds('decode') },
      { name: 'enhance', value: decoded.length / stopwatch.seconds('enhance') },
      { name: 'encode', value: encode },
    ];
  } finally {
    await stage.close();
  }
}

/** Frames a second of encoding what was enlarged, decoding taken off. */
async function encodeAlone(tools: MediaTools, path: string): Promise<number> {
  const seconds = async (...args: string[]): Promise<number> => {
    const from = performance.now();
    await run(tools.ffmpeg.path, ['-nostdin', '-loglevel', 'error', '-i', path, ...args, '-f', 'null', '-']);
    return (performance.now() - from) / 1000;
  };
  const decode = await seconds();
  const both = await seconds('-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18');
  return FRAMES / Math.max(1e-3, both - decode);
}
