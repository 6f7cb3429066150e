import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { CancelledError, UserError, type MediaInfo, type OtherStream, type VideoStream } from '../../shared';
import { inputPath, TOOL_ENVIRONMENT } from './child';
import {
  bitDepthOf,
  colourOf,
  ffprobeSchema,
  parseRational,
  parseSeconds,
  rotationOf,
  type ProbedFile,
  type ProbedStream,
} from './ffprobe-output';
import { isStillFile } from './media-files';
import { probeStill } from './still';
import type { MediaTools } from './tools';

const run = promisify(execFile);
const PROBE_TIMEOUT_MS = 60_000;

/**
 * What a file is, without decoding more of it than its first frames.
 * @throws UserError no-such-file, not-media, damaged-input, no-video, naming the file
 */
export async function probe(tools: MediaTools, path: string, signal?: AbortSignal): Promise<MediaInfo> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new UserError('no-such-file', `There is no file ${path}: check the name.`, { cause });
  });
  if (found.isDirectory()) throw new UserError('not-media', `${path} is a folder: name a file in it.`);
  if (!found.isFile())
    throw new UserError('not-media', `${path} is no regular file: name a video or an image.`);
  if (found.size === 0)
    throw new UserError('not-media', `${path} is empty (0 bytes): copy or download it again.`);
  if (isStillFile(path)) {
    const still = await probeStill(path, found.size);
    if (still) return still;
  }
  const file = await ask(tools, path, signal);
  return toMediaInfo(path, found.size, file);
}

async function ask(tools: MediaTools, path: string, signal: AbortSignal | undefined): Promise<ProbedFile> {
  try {
    const { stdout } = await run(
      tools.ffprobe.path,
      [
        '-v',
        'error',
        '-protocol_whitelist',
        'file,pipe',
        '-of',
        'json',
        '-show_streams',
        '-show_format',
        '-show_chapters',
        inputPath(path),
      ],
      { timeout: PROBE_TIMEOUT_MS, maxBuffer: 1 << 26, env: TOOL_ENVIRONMENT, ...(signal ? { signal } : {}) },
    );
    return ffprobeSchema.parse(JSON.parse(stdout));
  } catch (cause) {
    if (signal?.aborted) throw new CancelledError();
    const words = cause instanceof Error ? cause.message : String(cause);
    if (/moov atom not found|EBML header parsing failed|truncat/i.test(words)) {
      throw new UserError(
        'damaged-input',
        `${path} is cut off or damaged (its index is missing): copy or download it again.`,
        { cause },
      );
    }
    throw new UserError(
      'not-media',
      `${path} is no video or image that can be read: check that it is the right file.`,
      { cause },
    );
  }
}

/** ffprobe's answer in Clearcut's words. */
export function toMediaInfo(path: string, sizeBytes: number, file: ProbedFile): MediaInfo {
  const container = file.format.format_name ?? 'unknown';
  // A text file can pass for a subtitle format or a "tty" video; neither is what anybody means.
  if (
    container === 'tty' ||
    (file.streams.length > 0 && file.streams.every((stream) => stream.codec_type === 'subtitle'))
  ) {
    throw new UserError(
      'not-media',
      `${path} is no video or image that can be read: check that it is the right file.`,
    );
  }
  const main = file.streams.find((stream) => stream.codec_type === 'video' && !isPicture(stream));
  if (!main) {
    throw new UserError(
      'no-video',
      `${path} has no video in it${file.streams.length > 0 ? ' (sound only)' : ''}: choose a file with a picture.`,
    );
  }
  if (!main.codec_name || !main.width || !main.height || !main.pix_fmt) {
    throw new UserError(
      'damaged-input',
      `The video in ${path} can't be decoded: it is damaged or of an unknown kind; copy or download it again.`,
    );
  }
  const video = toVideoStream(main, main.width, main.height, main.pix_fmt, file);
  return {
    path: resolve(path),
    kind: 'video',
    container,
    sizeBytes,
    durationSeconds: parseSeconds(file.format.duration) ?? video.durationSeconds,
    video,
    others: file.streams.filter((stream) => stream !== main).map(toOtherStream),
    chapters: file.chapters.length,
    notes: notesOn(video),
  };
}

function isPicture(stream: ProbedStream): boolean {
  return stream.disposition?.['attached_pic'] === 1;
}

function toVideoStream(
  stream: ProbedStream,
  width: number,
  height: number,
  pixelFormat: string,
  file: ProbedFile,
): VideoStream {
  const average = parseRational(stream.avg_frame_rate);
  const base = parseRational(stream.r_frame_rate);
  const transfer = stream.color_transfer ?? '';
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    width,
    height,
    sampleAspectRatio: parseRational(stream.sample_aspect_ratio) ?? { num: 1, den: 1 },
    rotation: rotationOf(stream),
    pixelFormat,
    bitDepth: bitDepthOf(pixelFormat),
    colour: colourOf(stream),
    hdr: transfer === 'smpte2084' || transfer === 'arib-std-b67',
    timeBase: parseRational(stream.time_base) ?? { num: 1, den: 90_000 },
    frameRate: average ?? base,
    variableFrameRate:
      average !== null &&
      base !== null &&
      Math.abs((average.num * base.den) / (average.den * base.num) - 1) > 0.005,
    interlaced: ['tt', 'bb', 'tb', 'bt'].includes(stream.field_order ?? ''),
    frameCount: Number(stream.nb_frames) > 0 ? Number(stream.nb_frames) : null,
    startPts: stream.start_pts ?? null,
    durationSeconds: parseSeconds(stream.duration) ?? parseSeconds(file.format.duration),
  };
}

function toOtherStream(stream: ProbedStream): OtherStream {
  const kinds = ['audio', 'subtitle', 'attachment', 'video'] as const;
  return {
    index: stream.index,
    kind: kinds.find((kind) => kind === stream.codec_type) ?? 'data',
    codec: stream.codec_name ?? 'unknown',
    language: stream.tags?.['language'] ?? null,
    title: stream.tags?.['title'] ?? stream.tags?.['filename'] ?? null,
    channels: stream.channels ?? null,
    sampleRate: stream.sample_rate === undefined ? null : Number(stream.sample_rate),
    attachedPicture: isPicture(stream),
  };
}

function notesOn(video: VideoStream): string[] {
  const notes: string[] = [];
  if (video.interlaced) notes.push('The video is interlaced: for the best result deinterlace it first.');
  return notes;
}
