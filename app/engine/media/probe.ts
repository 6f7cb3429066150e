import { access, constants, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CancelledError, UserError, type MediaInfo, type OtherStream, type VideoStream } from '../../shared';
import { inputArguments, runTool, ToolFailure } from './child';
import {
  bitDepthOf,
  colourOf,
  ffprobeSchema,
  parseClock,
  parseRational,
  parseSeconds,
  rotationOf,
  type ProbedFile,
  type ProbedStream,
} from './ffprobe-output';
import { lastFrame } from './last-frame';
import { isStillFile } from './media-files';
import { probeStill } from './still';
import { stillSource } from './still-source';
import type { MediaTools } from './tools';

const PROBE_TIMEOUT_MS = 60_000;

/**
 * What a file is, without decoding more of it than its first frames.
 * @throws UserError no-such-file, not-media, damaged-input, no-video, naming the file
 */
export async function probe(tools: MediaTools, path: string, signal?: AbortSignal): Promise<MediaInfo> {
  const found = await stat(path).catch((cause: unknown) => {
    throw isForbidden(cause)
      ? unreadable(path, cause)
      : new UserError('no-such-file', `There is no file ${path}: check the name.`, { cause });
  });
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory()) throw new UserError('not-media', `${path} is a folder: name a file in it.`);
  if (!found.isFile())
    throw new UserError('not-media', `${path} is no regular file: name a video or an image.`);
  if (found.size === 0)
    throw new UserError('not-media', `${path} is empty (0 bytes): copy or download it again.`);
  if (isStillFile(path)) {
    const still = await probeStill(path, found.size, await stillSource(tools, path));
    if (still) return still;
  }
  if (await isHeic(path))
    throw new UserError(
      'unsupported-input',
      `${path} is a HEIC picture, which can't be read: convert it to JPEG or PNG first.`,
    );
  const info = toMediaInfo(path, found.size, await ask(tools, path, signal));
  if (!info.video.variableFrameRate) return info;
  const lastSeconds = await lastFrame(tools, info, signal).catch((error: unknown) => {
    if (error instanceof CancelledError) throw error;
    return null;
  });
  return lastSeconds === null ? info : { ...info, video: { ...info.video, lastSeconds } };
}

function isForbidden(cause: unknown): boolean {
  return ['EACCES', 'EPERM'].includes((cause as NodeJS.ErrnoException).code ?? '');
}

function unreadable(path: string, cause: unknown): UserError {
  return new UserError('no-such-file', `${path} can't be read: you have no permission to.`, { cause });
}

/**
 * Everything ffprobe tells of a file's streams, chapters and container.
 * @throws UserError not-media, damaged-input, tool-failed; CancelledError
 */
export async function ask(tools: MediaTools, path: string, signal?: AbortSignal): Promise<ProbedFile> {
  const sections = ['-of', 'json', '-show_streams', '-show_format', '-show_chapters'];
  try {
    const said = await runTool(tools.ffprobe, ['-v', 'error', ...sections, ...inputArguments(path)], {
      signal,
      timeoutMs: PROBE_TIMEOUT_MS,
    });
    return ffprobeSchema.parse(JSON.parse(said.toString('utf8')));
  } catch (cause) {
    if (cause instanceof CancelledError) throw cause;
    if (cause instanceof ToolFailure && cause.end.code === null) {
      throw new UserError(
        'tool-failed',
        `ffprobe failed on ${path} (${cause.end.signal ?? 'it could not be started'}): try another ffprobe by setting CLEARCUT_FFPROBE.`,
        { cause },
      );
    }
    if (await beginsLikeMedia(path)) {
      throw new UserError(
        'damaged-input',
        `${path} is cut off or damaged (its index is missing or broken): copy or download it again.`,
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

/** First bytes of Matroska, AVI (and WebP), FLV, Ogg, ASF, MPEG program streams and NUT. */
const SIGNATURES = ['1a45dfa3', '52494646', '464c56', '4f676753', '3026b275', '000001ba', '6e75742f'].map(
  (hex) => Buffer.from(hex, 'hex'),
);

/** True for the first bytes of a common container: then the rest must be what is wrong. */
async function beginsLikeMedia(path: string): Promise<boolean> {
  const head = await headOf(path);
  return (
    /^(?:ftyp|moov|mdat|free|skip|wide|moof|styp|sidx)$/.test(head.toString('latin1', 4, 8)) ||
    SIGNATURES.some((signature) => head.subarray(0, signature.length).equals(signature))
  );
}

/** True for cameras' HEVC pictures: some builds of ffmpeg take the first of their tiles for a video, others nothing. */
async function isHeic(path: string): Promise<boolean> {
  return /^ftyp(?:heic|heix|heim|heis|hevc|hevx)$/.test((await headOf(path)).toString('latin1', 4, 12));
}

/** A file's first twelve bytes, or all that there are. */
async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
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
    notes: notesOn(video, main),
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
  const interlaced = hasFields(stream);
  // The base rate of interlaced video is often that of its fields.
  const fieldRate =
    interlaced &&
    average !== null &&
    base !== null &&
    average.num * base.den * 3 < average.den * base.num * 2;
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
      Math.abs((average.num * base.den) / (average.den * base.num) - (fieldRate ? 0.5 : 1)) > 0.005,
    interlaced,
    frameCount: Number(stream.nb_frames) > 0 ? Number(stream.nb_frames) : null,
    startPts: stream.start_pts ?? null,
    durationSeconds: ownDuration(stream) ?? parseSeconds(file.format.duration),
  };
}

/** DV is always made of fields, unless it says otherwise; ffprobe tells of no order there. */
function hasFields({ codec_name: codec, field_order: order = 'unknown' }: ProbedStream): boolean {
  return ['tt', 'bb', 'tb', 'bt'].includes(order) || (codec === 'dvvideo' && order === 'unknown');
}

/** How long a stream lasts; Matroska tells the time of its end, in a tag. */
function ownDuration({ duration, start_time: start, tags }: ProbedStream): number | null {
  const stated = parseSeconds(duration);
  if (stated !== null) return stated;
  const end = parseClock(tags?.['DURATION']);
  return end === null ? null : Math.max(0, end - (Number(start) || 0));
}

/** Matroska keeps it in a tag. */
function bitRateOf({ bit_rate, tags }: ProbedStream): number | null {
  const rate = Number(bit_rate ?? tags?.['BPS'] ?? tags?.['BPS-eng']);
  return rate > 0 ? rate : null;
}

/** A stream that is not the video, in Clearcut's words. */
export function toOtherStream(stream: ProbedStream): OtherStream {
  const kinds = ['audio', 'subtitle', 'attachment', 'video'] as const;
  return {
    index: stream.index,
    kind: kinds.find((kind) => kind === stream.codec_type) ?? 'data',
    codec: stream.codec_name ?? 'unknown',
    language: stream.tags?.['language'] ?? null,
    title: stream.tags?.['title'] ?? stream.tags?.['filename'] ?? null,
    channels: stream.channels ?? null,
    sampleRate: stream.sample_rate === undefined ? null : Number(stream.sample_rate),
    bitRate: bitRateOf(stream),
    attachedPicture: isPicture(stream),
  };
}

/** Pixel formats with alpha; of VP8 and VP9, whose alpha is a stream of its own, only a tag tells. */
function hasAlpha({ pixelFormat }: VideoStream, { tags }: ProbedStream): boolean {
  return (
    /^(?:yuva|gbrap|rgba|bgra|argb|abgr|ya8|ya16)/.test(pixelFormat) ||
    (tags?.['alpha_mode'] ?? tags?.['ALPHA_MODE']) === '1'
  );
}

function notesOn(video: VideoStream, stream: ProbedStream): string[] {
  const notes: string[] = [];
  if (hasAlpha(video, stream)) notes.push('The transparency of the video is not carried over.');
  if (video.hdr) notes.push('HDR video: its brightness curve and colours are kept as they are.');
  return notes;
}
