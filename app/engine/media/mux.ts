import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import ffmpegCommand from 'fluent-ffmpeg';
import { CancelledError, UserError, type Codec, type MediaInfo, type OtherStream } from '../../shared';
import { ticksToSeconds, type StreamFormat } from '../frames';
import { inputPath, TOOL_ENVIRONMENT } from './child';
import type { Container } from './encoder';
import { isBefore } from './ffmpeg-flags';
import type { SegmentFacts } from './segment-encoder';
import type { MediaTools } from './tools';

const run = promisify(execFile);

export interface MuxPlan {
  readonly segments: readonly (SegmentFacts & { readonly path: string })[];
  /** Format of the segments' video. */
  readonly stream: StreamFormat;
  /** The source, whose other streams go along. */
  readonly info: MediaInfo;
  /** File to write. */
  readonly part: string;
  readonly container: Container;
  readonly codec: Codec;
  readonly start?: number;
  readonly end?: number;
  readonly signal: AbortSignal;
}

const MUXERS: Readonly<Record<Container, string>> = {
  mp4: 'mp4',
  mov: 'mov',
  mkv: 'matroska',
  webm: 'webm',
  avi: 'avi',
};

/** Fate of a stream in a container: carried as it is, converted, or dropped with a reason. */
type Fate =
  | { readonly keep: true; readonly codec: string; readonly note?: string }
  | { readonly keep: false; readonly reason: string };

/**
 * Joins the segments and puts the source's other streams, chapters, attachments and metadata beside
 * them without re-encoding, times kept. Returns notes on what could not be carried, and why.
 * @throws UserError disk-full, tool-failed; CancelledError
 */
export async function muxResult(tools: MediaTools, plan: MuxPlan): Promise<string[]> {
  const folder = dirname(plan.part);
  const list = join(folder, 'segments.ffconcat');
  await writeFile(list, concatList(plan));
  const trimmed = plan.start !== undefined || plan.end !== undefined;
  const companion = trimmed ? join(folder, `source.${isMovFamily(plan.info) ? 'mov' : 'mkv'}`) : null;
  try {
    const others = plan.info.others;
    const fates = others.map((stream) => ({ stream, fate: fateOf(stream, plan.container) }));
    const kept = fates.filter(({ fate }) => fate.keep).map(({ stream }) => stream);
    const hasCompanion =
      companion !== null && kept.length > 0 ? await trimSource(tools, plan, companion, kept) : false;
    await runMux(tools, plan, list, companion, hasCompanion, kept);
    return notesOf(fates);
  } finally {
    await rm(list, { force: true });
    if (companion) await rm(companion, { force: true });
  }
}

/** Segments one after the other. Durations are differences of rounded absolute times, so that rounding never adds up. */
function concatList(plan: MuxPlan): string {
  const { segments, stream } = plan;
  const origin = segments[0]?.firstPts ?? 0;
  const microseconds = (pts: number): number =>
    Math.round(ticksToSeconds(pts - origin, stream.timeBase) * 1e6);
  const lines = segments.flatMap((segment, index) => {
    const next = segments[index + 1]?.firstPts ?? segment.endPts;
    const duration = microseconds(next) - microseconds(segment.firstPts);
    return [
      `file '${basename(segment.path).replaceAll("'", "'\\''")}'`,
      `duration ${(duration / 1e6).toFixed(6)}`,
    ];
  });
  return `ffconcat version 1.0\n${lines.join('\n')}\n`;
}

/** The source's other streams between start and end, with times counted from start. Returns false if nothing was left. */
async function trimSource(
  tools: MediaTools,
  plan: MuxPlan,
  companion: string,
  kept: readonly OtherStream[],
): Promise<boolean> {
  const { info, start, end, signal } = plan;
  const maps = kept.flatMap((stream) => ['-map', `0:${stream.index}`]);
  const length = end === undefined ? [] : ['-t', String(end - (start ?? 0))];
  try {
    await run(
      tools.ffmpeg.path,
      [
        '-nostdin',
        '-loglevel',
        'error',
        '-y',
        '-protocol_whitelist',
        'file,pipe',
        '-i',
        inputPath(info.path),
        ...maps,
        '-c',
        'copy',
        '-ss',
        String(start ?? 0),
        ...length,
        inputPath(companion),
      ],
      { env: TOOL_ENVIRONMENT, signal, maxBuffer: 1 << 24 },
    );
    return true;
  } catch (cause) {
    if (signal.aborted) throw new CancelledError();
    throw toolError(cause, plan);
  }
}

async function runMux(
  tools: MediaTools,
  plan: MuxPlan,
  list: string,
  companion: string | null,
  hasCompanion: boolean,
  kept: readonly OtherStream[],
): Promise<void> {
  const { info, stream, signal } = plan;
  const firstPts = plan.segments[0]?.firstPts ?? 0;
  const firstSeconds = ticksToSeconds(firstPts, stream.timeBase);
  const fileStart = await startTime(tools, info.path);
  const source = hasCompanion && companion ? companion : info.path;
  const videoOffset = Math.max(0, firstSeconds - fileStart - (plan.start ?? 0));
  const sourceOffset = hasCompanion && companion ? await startTime(tools, companion) : 0;
  const trimmed = plan.start !== undefined || plan.end !== undefined;
  const others = trimmed && !hasCompanion ? [] : kept;
  const origin = trimmed ? 2 : 1;
  const mov = plan.container === 'mp4' || plan.container === 'mov';
  const { num, den } = info.video.sampleAspectRatio;
  const options = [
    '-map',
    '0:v:0',
    // A trimmed companion holds the kept streams alone, in their order.
    ...others.flatMap((other, position) => ['-map', `1:${hasCompanion ? position : other.index}`]),
    '-c',
    'copy',
    ...others.flatMap((other, position) => codecArguments(other, position + 1, plan.container)),
    '-map_metadata',
    String(origin),
    '-map_metadata:s:v:0',
    `${origin}:s:${info.video.index}`,
    ...others.flatMap((other, position) => [`-map_metadata:s:${position + 1}`, `${origin}:s:${other.index}`]),
    '-map_chapters',
    trimmed ? (hasCompanion ? '1' : '-1') : '1',
    ...rotationArguments(tools, info).output,
    ...others.flatMap((other, position) =>
      other.attachedPicture ? [`-disposition:${position + 1}`, 'attached_pic'] : [],
    ),
    ...(num === den ? [] : ['-aspect', `${num * info.video.width}:${den * info.video.height}`]),
    ...(mov
      ? ['-movflags', '+faststart', '-video_track_timescale', String(timescale(stream)), '-strict', '-2']
      : []),
    ...(mov && plan.codec === 'hevc' ? ['-tag:v', 'hvc1'] : []),
    '-max_interleave_delta',
    '0',
  ];

  const command = ffmpegCommand({ logger: silentLogger });
  command.setFfmpegPath(tools.ffmpeg.path);
  command
    .input(inputPath(list))
    .inputOptions([
      '-f',
      'concat',
      '-safe',
      '0',
      '-protocol_whitelist',
      'file,pipe',
      '-itsoffset',
      videoOffset.toFixed(6),
      ...rotationArguments(tools, info).input,
    ])
    .input(inputPath(source))
    .inputOptions(['-protocol_whitelist', 'file,pipe', '-itsoffset', sourceOffset.toFixed(6)])
    .outputOptions([...options, '-nostdin', '-loglevel', 'error', '-y', '-f', MUXERS[plan.container]])
    .output(inputPath(plan.part));
  // A trimmed job's facts about the file come from the source itself.
  if (trimmed) command.input(inputPath(info.path)).inputOptions(['-protocol_whitelist', 'file,pipe']);

  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      command.kill('SIGKILL');
    };
    signal.addEventListener('abort', stop, { once: true });
    command
      .on('end', () => {
        signal.removeEventListener('abort', stop);
        resolve();
      })
      .on('error', (cause: Error, _stdout: string | null, stderr: string | null) => {
        signal.removeEventListener('abort', stop);
        reject(
          signal.aborted
            ? new CancelledError()
            : toolError(new Error(`${cause.message}\n${stderr ?? ''}`), plan),
        );
      })
      .run();
  });
}

/** How a turned picture stays turned: an input option in newer ffmpegs, a tag in older ones. */
function rotationArguments(
  tools: MediaTools,
  info: MediaInfo,
): { readonly input: string[]; readonly output: string[] } {
  const { rotation } = info.video;
  if (rotation === 0) return { input: [], output: [] };
  return isBefore(tools.ffmpeg.version, 6, 0)
    ? { input: [], output: ['-metadata:s:v:0', `rotate=${rotation}`] }
    : { input: ['-display_rotation', String(-rotation)], output: [] };
}

/** Ticks a second for mp4 and mov that hold every time of the stream exactly. */
function timescale(stream: StreamFormat): number {
  const { num, den } = stream.timeBase;
  return num === 1 || den >= 1000 ? den : den * Math.ceil(10_000 / den);
}

const MP4_AUDIO = ['aac', 'mp3', 'ac3', 'eac3', 'alac', 'opus', 'flac', 'mp2', 'dts', 'vorbis'];
const TEXT_SUBTITLES = ['subrip', 'srt', 'ass', 'ssa', 'webvtt', 'mov_text', 'text'];

function fateOf(stream: OtherStream, container: Container): Fate {
  const name = `${stream.kind === 'audio' ? 'Sound' : stream.kind === 'subtitle' ? 'Subtitle' : stream.kind === 'attachment' ? 'Attachment' : 'Data'} track ${stream.index} (${stream.codec})`;
  const mov = container === 'mp4' || container === 'mov';
  const copy: Fate = { keep: true, codec: 'copy' };
  const drop = (reason: string): Fate => ({ keep: false, reason: `${name} could not be carried: ${reason}` });
  switch (stream.kind) {
    case 'audio':
      if (container === 'mkv') return copy;
      if (mov) {
        if (MP4_AUDIO.includes(stream.codec) || (container === 'mov' && stream.codec.startsWith('pcm_')))
          return copy;
        return {
          keep: true,
          codec: 'aac',
          note: `${name} was re-encoded to AAC, because .${container} can't hold it; choose .mkv to keep it as it is.`,
        };
      }
      if (container === 'webm') {
        if (stream.codec === 'opus' || stream.codec === 'vorbis') return copy;
        return {
          keep: true,
          codec: 'libopus',
          note: `${name} was re-encoded to Opus, because .webm can't hold it; choose .mkv to keep it as it is.`,
        };
      }
      return ['mp3', 'ac3', 'aac', 'mp2', 'dts'].includes(stream.codec) || stream.codec.startsWith('pcm_')
        ? copy
        : drop(".avi can't hold it; choose .mkv.");
    case 'subtitle': {
      const text = TEXT_SUBTITLES.includes(stream.codec);
      if (container === 'mkv') return stream.codec === 'mov_text' ? { keep: true, codec: 'srt' } : copy;
      if (mov && text)
        return stream.codec === 'mov_text'
          ? copy
          : {
              keep: true,
              codec: 'mov_text',
              note: `${name} was converted to MP4's own text format; styling may be lost. Choose .mkv to keep it as it is.`,
            };
      if (container === 'webm' && text)
        return stream.codec === 'webvtt'
          ? copy
          : {
              keep: true,
              codec: 'webvtt',
              note: `${name} was converted to WebVTT; styling may be lost. Choose .mkv to keep it as it is.`,
            };
      return drop(
        `.${container} can't hold ${text ? 'subtitles' : 'subtitles that are pictures'}; choose .mkv.`,
      );
    }
    case 'attachment':
      return container === 'mkv' ? copy : drop(`.${container} can't hold attachments; choose .mkv.`);
    case 'video':
      if (stream.attachedPicture)
        return mov || container === 'mkv'
          ? copy
          : drop(`.${container} can't hold cover pictures; choose .mkv.`);
      return drop('only the first video track is processed.');
    case 'data':
      return mov && stream.codec === 'tmcd' ? copy : drop(`.${container} can't hold it.`);
  }
}

function codecArguments(stream: OtherStream, index: number, container: Container): string[] {
  const fate = fateOf(stream, container);
  return fate.keep && fate.codec !== 'copy'
    ? [
        `-c:${index}`,
        fate.codec,
        ...(fate.codec === 'libopus' || fate.codec === 'aac' ? [`-b:${index}`, '192k'] : []),
      ]
    : [];
}

function notesOf(fates: readonly { readonly fate: Fate }[]): string[] {
  return fates.flatMap(({ fate }) =>
    fate.keep ? (fate.note === undefined ? [] : [fate.note]) : [fate.reason],
  );
}

async function startTime(tools: MediaTools, path: string): Promise<number> {
  const { stdout } = await run(
    tools.ffprobe.path,
    [
      '-v',
      'error',
      '-protocol_whitelist',
      'file,pipe',
      '-show_entries',
      'format=start_time',
      '-of',
      'csv=p=0',
      inputPath(path),
    ],
    { env: TOOL_ENVIRONMENT },
  );
  const value = Number(stdout.trim());
  return Number.isFinite(value) ? value : 0;
}

function isMovFamily(info: MediaInfo): boolean {
  return /\b(?:mov|mp4)\b/.test(info.container);
}

function toolError(cause: unknown, plan: MuxPlan): UserError {
  const words = cause instanceof Error ? cause.message : String(cause);
  if (/No space left on device|ENOSPC|Disk quota exceeded/i.test(words)) {
    return new UserError(
      'disk-full',
      `The disk of ${dirname(dirname(plan.part))} is full: free some space and start again; finished segments are kept.`,
      { cause },
    );
  }
  return new UserError(
    'tool-failed',
    `The result could not be joined into .${plan.container}: try an output name that ends in .mkv.`,
    { cause },
  );
}

/** fluent-ffmpeg logs nothing of its own accord. */
const silentLogger = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};
