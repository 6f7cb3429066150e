import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CancelledError, UserError, type Codec, type MediaInfo, type Rational } from '../../shared';
import { ticksToSeconds, type StreamFormat } from '../frames';
import { carriageOf, type Carriage } from './carriage';
import { fileUrl, inputArguments, runTool, startTool, ToolFailure } from './child';
import { diskFull, isFull } from './disk';
import { colourArguments } from './colour-tags';
import type { Container } from './container';
import { writtenColour } from './encoder';
import { QUIET, rotationFlags } from './ffmpeg-flags';
import type { ProbedFile, ProbedStream } from './ffprobe-output';
import { ask, toOtherStream } from './probe';
import type { SegmentFacts } from './segment-encoder';
import { joinSegments } from './segment-joiner';
import type { MediaTools } from './tools';

export interface MuxPlan {
  /** In order; at least one. */
  readonly segments: readonly (SegmentFacts & { readonly path: string })[];
  /** Format of the segments' video. */
  readonly stream: StreamFormat;
  /** The source, whose other streams go along. */
  readonly info: MediaInfo;
  /** File to write. */
  readonly part: string;
  readonly container: Container;
  readonly codec: Codec;
  /** Seconds from the video's first frame, as the decoder was told. */
  readonly start?: number;
  readonly end?: number;
  readonly signal: AbortSignal;
  /** Part of the video that is written, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

const MUXERS: Readonly<Record<Container, string>> = {
  mp4: 'mp4',
  mov: 'mov',
  mkv: 'matroska',
  webm: 'webm',
  avi: 'avi',
};

/** Tags that tell of the source's own encoding and are wrong for the result's. */
const STALE_TAG = /^(?:encoder|BPS|DURATION|NUMBER_OF_FRAMES|NUMBER_OF_BYTES|_STATISTICS_.*)(?:-\w+)?$/i;
/** ffmpeg knows QuickTime's languages by one code each; these are the others that files have for them. */
const QUICKTIME_LANGUAGES: Readonly<Record<string, string>> = {
  deu: 'ger',
  nld: 'dut',
  swe: 'sve',
  ell: 'gre',
  isl: 'ice',
  zho: 'chi',
  fre: 'fra',
};
/** Dispositions that every ffmpeg can write. */
const DISPOSITIONS = [
  ...['default', 'dub', 'original', 'comment', 'lyrics', 'karaoke', 'forced'],
  ...['hearing_impaired', 'visual_impaired', 'clean_effects', 'attached_pic'],
];
const BITS_PER_CHANNEL = 96_000;

/** A stream of the source and what becomes of it. */
interface Traveller {
  readonly stream: ProbedStream;
  readonly carriage: Carriage;
}

/**
 * Joins the segments and puts the source's other streams, chapters, attachments and metadata beside
 * them, all at the times that they had. Returns notes on what could not be carried, and why.
 * @throws UserError disk-full, tool-failed; CancelledError
 */
export async function muxResult(tools: MediaTools, plan: MuxPlan): Promise<string[]> {
  const { info, container, signal } = plan;
  const file = await ask(tools, info.path, signal);
  const travellers = file.streams
    .filter((stream) => stream.index !== info.video.index)
    .map((stream) => ({
      stream,
      carriage: carriageOf({
        stream: toOtherStream(stream),
        tag: stream.codec_tag_string ?? '',
        container,
        encoders: tools.encoders,
      }),
    }));
  const covers = await extractCovers(tools, plan, travellers);
  try {
    await run(tools, plan, file, travellers, covers);
  } finally {
    for (const cover of covers) await rm(cover.path, { force: true });
  }
  const notes = travellers.map(({ carriage }) =>
    carriage.kind === 'convert' || carriage.kind === 'drop' ? carriage.note : null,
  );
  return [...notes, ...containerNotes(plan)].filter((note) => note !== null);
}

function containerNotes(plan: MuxPlan): (string | null)[] {
  const { container, info } = plan;
  const turned = info.video.rotation !== 0 && container !== 'mp4' && container !== 'mov';
  return [
    turned
      ? `.${container} may not keep that the picture is turned: choose .mp4 or .mov if it lies on its side.`
      : null,
    container === 'avi' && info.video.variableFrameRate
      ? '.avi has one frame rate: frame times were rounded to it. Choose .mkv or .mp4 to keep them.'
      : null,
  ];
}

interface Cover {
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Cover pictures as files of their own: Matroska keeps them as attachments, which ffmpeg takes from files alone. */
async function extractCovers(
  tools: MediaTools,
  plan: MuxPlan,
  travellers: readonly Traveller[],
): Promise<Cover[]> {
  const covers: Cover[] = [];
  for (const { stream, carriage } of travellers) {
    if (carriage.kind !== 'attach') continue;
    const extension = stream.codec_name === 'mjpeg' ? 'jpg' : (stream.codec_name ?? 'png');
    const picture = await runTool(
      tools.ffmpeg,
      [
        ...QUIET,
        ...inputArguments(plan.info.path),
        ...['-map', `0:${stream.index}`, '-c', 'copy', '-frames:v', '1', '-f', 'image2pipe', 'pipe:1'],
      ],
      { signal: plan.signal },
    );
    const path = join(dirname(plan.part), `cover-${stream.index}.${extension}`);
    await writeFile(path, picture);
    const tags = {
      mimetype: extension === 'jpg' ? 'image/jpeg' : `image/${extension}`,
      filename: `cover.${extension}`,
      ...stream.tags,
    };
    covers.push({ path, tags });
  }
  return covers;
}

async function run(
  tools: MediaTools,
  plan: MuxPlan,
  file: ProbedFile,
  travellers: readonly Traveller[],
  covers: readonly Cover[],
): Promise<void> {
  const { stream, segments, signal } = plan;
  const origin = originOf(plan, file);
  const tool = startTool(tools.ffmpeg, muxArguments(tools, plan, file, origin, travellers, covers), [
    'pipe',
    'ignore',
    'pipe',
  ]);
  const stop = (): void => {
    tool.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const total = segments.reduce((sum, segment) => sum + segment.frames, 0);
    let done = 0;
    const packets = joinSegments(
      {
        segments,
        stream,
        sampleAspectRatio: plan.info.video.sampleAspectRatio,
        origin: Math.round(origin / ticksToSeconds(1, stream.timeBase)),
        timeBase: timeBaseOf(plan),
        countsFrames: plan.container === 'avi',
      },
      () => plan.onProgress?.(++done / total),
    );
    if (!tool.input) throw new Error('ffmpeg has no input.');
    const failure = await pipeline(Readable.from(packets), tool.input).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    // A broken pipe is explained by how ffmpeg ended; anything else is not ffmpeg's fault.
    if (failure !== null && !isBrokenPipe(failure)) tool.kill();
    const end = await tool.ended;
    if (signal.aborted) throw new CancelledError();
    if (failure !== null && !isBrokenPipe(failure)) throw failure;
    if (end.code !== 0) throw await failureOf(plan, new ToolFailure(tools.ffmpeg, end, tool.stderr()));
  } finally {
    signal.removeEventListener('abort', stop);
    tool.kill();
    await tool.ended;
  }
}

function isBrokenPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'EOF' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

async function failureOf(plan: MuxPlan, cause: ToolFailure): Promise<UserError> {
  const folder = dirname(dirname(plan.part));
  if (cause.diskFull || (await isFull(plan.part))) return diskFull(folder, cause);
  return new UserError(
    'tool-failed',
    `The result could not be put together as .${plan.container} (${cause.lastLine || `exit code ${cause.end.code}`}): try an output name that ends in .mkv; finished work is kept.`,
    { cause },
  );
}

/**
 * Time of the source, in seconds, that becomes zero in the result: where the user let it start, else
 * the file's own start where that lies after zero (transport streams), or a first frame before zero.
 */
function originOf(plan: MuxPlan, file: ProbedFile): number {
  const { info, stream, segments, start } = plan;
  const seconds = (ticks: number): number => ticksToSeconds(ticks, stream.timeBase);
  if (start !== undefined) return seconds(info.video.startPts ?? 0) + start;
  const first = seconds(segments[0]?.firstPts ?? 0);
  return Math.min(first, Math.max(0, Number(file.format.start_time ?? 0) || 0));
}

/**
 * AVI counts frames; other containers get times in the stream's own unit, cut finer where it is so
 * coarse (a millisecond) that ffmpeg would misjudge the frame rate by it.
 */
function timeBaseOf({ container, stream }: MuxPlan): Rational {
  if (container === 'avi' && stream.frameRate)
    return { num: stream.frameRate.den, den: stream.frameRate.num };
  const { num } = stream.timeBase;
  let { den } = stream.timeBase;
  // NUT wants its time bases in lowest terms.
  while (den / num < 48_000 && num % 2 === 1) den *= 2;
  return { num, den };
}

function muxArguments(
  tools: MediaTools,
  plan: MuxPlan,
  file: ProbedFile,
  origin: number,
  travellers: readonly Traveller[],
  covers: readonly Cover[],
): string[] {
  const { info, container, codec, stream } = plan;
  const source = file.streams.find(({ index }) => index === info.video.index);
  const rows = [
    ...(source ? [{ stream: source, carriage: null }] : []),
    ...travellers.filter(({ carriage }) => carriage.kind === 'copy' || carriage.kind === 'convert'),
  ].sort((a, b) => a.stream.index - b.stream.index);
  const video = rows.findIndex(({ carriage }) => carriage === null);
  const rotation = rotationFlags(tools, info.video.rotation, video);
  const mov = container === 'mp4' || container === 'mov';
  return [
    ...QUIET,
    '-y',
    // Times are taken as they are, without what ffmpeg believes to be the start of each input.
    ...['-seek_timestamp', '1', ...rotation.input, '-f', 'nut', '-i', 'pipe:0'],
    ...inputArguments(info.path, ['-seek_timestamp', '1', ...rangeArguments(plan, origin)]),
    ...rows.flatMap(({ stream: { index }, carriage }) => ['-map', carriage === null ? '0:0' : `1:${index}`]),
    ...covers.flatMap(({ path }) => ['-attach', path]),
    // Packets from before the start come along with a seek; they would move everything else.
    ...['-c', 'copy', '-copypriorss', '0'],
    ...rows.flatMap(({ stream: row, carriage }, index) => [
      ...(carriage?.kind === 'convert' ? conversion(carriage.codec, row, index) : []),
      ...[`-disposition:${index}`, dispositionOf(row)],
      ...[`-map_metadata:s:${index}`, `1:s:${row.index}`],
      ...(container === 'mov' ? quicktimeLanguage(row, index) : []),
    ]),
    ...covers.flatMap(({ tags }, position) =>
      Object.entries(tags).flatMap(([key, value]) => [
        `-metadata:s:${rows.length + position}`,
        `${key}=${value}`,
      ]),
    ),
    ...Object.keys(source?.tags ?? {})
      .filter((tag) => STALE_TAG.test(tag))
      .flatMap((tag) => [`-metadata:s:${video}`, `${tag}=`]),
    ...['-map_metadata', '1', '-map_chapters', '1'],
    ...rotation.output,
    ...colourArguments(writtenColour(codec, container, stream) ?? stream.colour, `:${video}`),
    ...(mov
      ? ['-movflags', '+faststart+write_colr', '-video_track_timescale', String(timescale(stream))]
      : []),
    ...(mov && codec === 'hevc' ? [`-tag:${video}`, 'hvc1'] : []),
    // Codecs that were young when an old ffmpeg was built (AV1, FLAC and Opus in MP4).
    ...['-strict', 'experimental'],
    ...['-f', MUXERS[container], fileUrl(plan.part)],
  ];
}

/** The part of the source's streams that goes along, moved so that the origin becomes zero. */
function rangeArguments(plan: MuxPlan, origin: number): string[] {
  const { start, end, info, stream } = plan;
  const last = ticksToSeconds(info.video.startPts ?? 0, stream.timeBase) + (end ?? 0);
  return [
    // Seeking moves times as well.
    ...(start === undefined ? ['-itsoffset', (-origin).toFixed(6)] : ['-ss', origin.toFixed(6)]),
    ...(end === undefined ? [] : ['-t', (last - origin).toFixed(6)]),
  ];
}

function conversion(codec: string, stream: ProbedStream, index: number): string[] {
  if (stream.codec_type !== 'audio') return [`-c:${index}`, codec];
  return [`-c:${index}`, codec, `-b:${index}`, String((stream.channels ?? 2) * BITS_PER_CHANNEL)];
}

function quicktimeLanguage(stream: ProbedStream, index: number): string[] {
  const code = QUICKTIME_LANGUAGES[stream.tags?.['language'] ?? ''];
  return code === undefined ? [] : [`-metadata:s:${index}`, `language=${code}`];
}

function dispositionOf(stream: ProbedStream): string {
  const set = DISPOSITIONS.filter((name) => stream.disposition?.[name] === 1);
  return set.length > 0 ? set.join('+') : '0';
}

/** Ticks a second for MP4 and MOV that hold every time of the stream exactly, and are not too coarse for edit lists. */
function timescale({ timeBase }: StreamFormat): number {
  return timeBase.den * Math.max(1, Math.ceil(1000 / timeBase.den));
}
