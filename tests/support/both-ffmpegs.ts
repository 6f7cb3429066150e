import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe } from 'vitest';
import { FramePool } from '../../app/engine/frames';
import {
  containerOf,
  decodeFormat,
  encoderFor,
  muxResult,
  openDecoder,
  openSegmentEncoder,
  probe,
  resolveTools,
  SegmentSpan,
  type MediaTools,
  type MuxPlan,
  type SegmentEncoder,
} from '../../app/engine/media';
import type { Codec } from '../../app/shared';

const run = promisify(execFile);
/** The carried binaries' static iconv crashes on the system's modules. */
const BIG = { maxBuffer: 1 << 28, env: { ...process.env, GCONV_PATH: '/nonexistent' } };

/** The carried ffmpeg is years older than a system's: both must give the same. */
const VARIANTS = [
  {
    name: 'carried',
    ffmpeg: `node_modules/@ffmpeg-installer/${process.platform}-${process.arch}/ffmpeg`,
    ffprobe: `node_modules/@ffprobe-installer/${process.platform}-${process.arch}/ffprobe`,
  },
  { name: 'system', ffmpeg: '/usr/bin/ffmpeg', ffprobe: '/usr/bin/ffprobe' },
] as const;

/** A decoded frame without its pixels. */
export interface SeenFrame {
  readonly pts: number;
  readonly duration: number | null;
  readonly cut: boolean;
  readonly hash: string;
}

export interface Range {
  readonly start?: number;
  readonly end?: number;
  readonly from?: number;
}

/** One of the ffmpegs and a folder to work in. */
export class Workbench {
  constructor(
    readonly tools: MediaTools,
    readonly folder: string,
  ) {}

  at(name: string): string {
    return join(this.folder, name);
  }

  /** A file that this ffmpeg makes. */
  async make(name: string, ...args: readonly string[]): Promise<string> {
    const path = this.at(name);
    await run(this.tools.ffmpeg.path, ['-nostdin', '-loglevel', 'error', '-y', ...args, path]);
    return path;
  }

  /** All frames of the range, their pool back in full. */
  async decode(
    path: string,
    range: Range = {},
    onFrame?: (count: number) => void,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{ frames: SeenFrame[]; notes: string[] }> {
    const info = await probe(this.tools, path);
    const format = decodeFormat(info);
    if (!format.supported) throw new Error(format.reason);
    const pool = new FramePool(format.stream, 2);
    const decoder = openDecoder(this.tools, info, { ...format, ...range, pool, signal });
    const frames: SeenFrame[] = [];
    const reading = (async (): Promise<void> => {
      for await (const frame of decoder) {
        const { pts, duration, sceneCutBefore: cut, bytes } = frame;
        frames.push({ pts, duration, cut, hash: createHash('md5').update(bytes).digest('hex') });
        frame.release();
        onFrame?.(frames.length);
      }
    })();
    await Promise.allSettled([reading]);
    if (pool.held !== 0) throw new Error(`${pool.held} frames were not given back.`);
    await reading;
    return { frames, notes: decoder.notes() };
  }

  /** Decoded, encoded in segments of `length` frames, joined: what the pipeline does without a network. */
  async passThrough(
    input: string,
    output: string,
    codec: Codec,
    { length = 17, start, end }: Range & { readonly length?: number } = {},
  ): Promise<string[]> {
    const { tools } = this;
    const { signal } = new AbortController();
    const info = await probe(tools, input);
    const format = decodeFormat(info);
    if (!format.supported) throw new Error(format.reason);
    const { stream } = format;
    const { sampleAspectRatio } = info.video;
    const container = containerOf(output);
    const choice = await encoderFor(tools, { codec, stream, container });
    if (!choice.supported || !container) throw new Error(choice.supported ? output : choice.reason);
    const range = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
    const decoder = openDecoder(tools, info, { ...format, ...range, pool: new FramePool(stream, 3), signal });
    const segments: MuxPlan['segments'][number][] = [];
    let open: {
      readonly encoder: SegmentEncoder;
      readonly path: string;
      readonly span: SegmentSpan;
    } | null = null;
    for await (const frame of decoder) {
      const path = `${output}.${segments.length}.nut`;
      open ??= {
        encoder: openSegmentEncoder(tools, {
          stream,
          sampleAspectRatio,
          encoder: choice.encoder,
          path,
          signal,
        }),
        path,
        span: new SegmentSpan(),
      };
      await open.encoder.write(frame);
      open.span.add(frame);
      frame.release();
      if (open.span.frames === length) {
        await open.encoder.finish();
        segments.push({ ...open.span.facts, path });
        open = null;
      }
    }
    if (open) {
      await open.encoder.finish();
      segments.push({ ...open.span.facts, path: open.path });
    }
    const plan = { segments, stream, info, part: output, container, codec, signal };
    return [...choice.notes, ...(await muxResult(tools, { ...plan, ...range }))];
  }

  /** Presentation times of a stream's packets in order, in seconds; those that an edit list hides are left out. */
  async packetTimes(path: string, stream = 'v:0'): Promise<number[]> {
    const wanted = ['-select_streams', stream, '-show_entries', 'packet=pts_time,flags'];
    const { stdout } = await this.#probe(path, ...wanted, '-of', 'csv=p=0');
    return stdout
      .trim()
      .split('\n')
      .filter((line) => !line.includes('D'))
      .map((line) => Number.parseFloat(line))
      .sort((a, b) => a - b);
  }

  /** ffprobe's JSON of the sections asked for. */
  async facts(path: string, ...sections: readonly string[]): Promise<Record<string, unknown>> {
    const { stdout } = await this.#probe(path, ...sections, '-of', 'json');
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** Hashes of the packets of all streams but the video, as one text. */
  async otherPackets(path: string): Promise<string> {
    const { stdout } = await run(
      this.tools.ffmpeg.path,
      [
        ...['-nostdin', '-loglevel', 'error', '-i', path, '-map', '0:a?', '-map', '0:s?'],
        ...['-c', 'copy', '-f', 'framemd5', '-'],
      ],
      BIG,
    );
    return stdout
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .join('\n');
  }

  #probe(path: string, ...args: readonly string[]): Promise<{ stdout: string }> {
    return run(this.tools.ffprobe.path, ['-v', 'error', ...args, path], BIG);
  }
}

/** The same tests with each ffmpeg; one that is missing is skipped visibly. */
export async function withBothFfmpegs(tests: (bench: Workbench) => void): Promise<void> {
  for (const variant of VARIANTS) {
    const tools = await toolsOf(variant.ffmpeg, variant.ffprobe);
    describe.skipIf(!tools)(`with the ${variant.name} ffmpeg`, async () => {
      if (!tools) return;
      const folder = await mkdtemp(join(tmpdir(), `clearcut-${variant.name}-`));
      afterAll(() => rm(folder, { recursive: true, force: true }));
      tests(new Workbench(tools, folder));
    });
  }
}

async function toolsOf(ffmpeg: string, ffprobe: string): Promise<MediaTools | null> {
  const before = { ...process.env };
  Object.assign(process.env, { CLEARCUT_FFMPEG: ffmpeg, CLEARCUT_FFPROBE: ffprobe });
  try {
    return await resolveTools();
  } catch {
    return null;
  } finally {
    process.env = before;
  }
}

/** `-i` of a moving test picture. */
export function picture(size = '64x48', rate = '25', duration = '2'): string[] {
  return ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${duration}`];
}

/** H.264 with reordered frames. */
export const H264 = ['-c:v', 'libx264', '-bf', '3', '-pix_fmt', 'yuv420p'] as const;
