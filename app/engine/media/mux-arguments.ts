import type { StreamFormat } from '../frames';
import type { Carriage } from './carriage';
import { fileUrl, inputArguments } from './child';
import { colourArguments } from './colour-tags';
import type { Companions, Subtitles } from './companions';
import type { Container } from './container';
import { writtenColour } from './encoder';
import { QUIET, rotationFlags } from './ffmpeg-flags';
import type { ProbedFile, ProbedStream } from './ffprobe-output';
import { rangeArguments, type MuxPlan, type Traveller } from './mux-plan';
import type { MediaTools } from './tools';

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

/** Arguments of the ffmpeg that joins: the video as NUT on its standard input, all else from the source. */
export function muxArguments(
  tools: MediaTools,
  plan: MuxPlan,
  file: ProbedFile,
  origin: number,
  travellers: readonly Traveller[],
  { covers, subtitles }: Companions,
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
    ...(subtitles ? ['-seek_timestamp', '1', '-i', fileUrl(subtitles.path)] : []),
    ...rows.flatMap(({ stream: { index }, carriage }) => [
      '-map',
      carriage === null ? '0:0' : mapOf(index, subtitles),
    ]),
    ...covers.flatMap(({ path }) => ['-attach', path]),
    // Packets from before the start come along with a seek; they would move everything else.
    ...['-c', 'copy', '-copypriorss', '0'],
    ...rows.flatMap(({ stream: row, carriage }, index) => [
      ...(carriage?.kind === 'convert' ? conversion(carriage, row, index) : []),
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
    ...['-map_metadata', '1', '-map_chapters', plan.slow ? '-1' : '1'],
    ...rotation.output,
    ...colourArguments(writtenColour(codec, container, stream) ?? stream.colour, `:${video}`),
    ...(mov
      ? ['-movflags', '+faststart+write_colr', '-video_track_timescale', String(timescale(stream))]
      : []),
    ...(mov && codec === 'hevc' ? [`-tag:${video}`, 'hvc1'] : []),
    // Says that blocks carry alpha; muxers don't see it in packets that they copy.
    ...(plan.segments.some(({ alphaPath }) => alphaPath !== undefined)
      ? [`-metadata:s:${video}`, 'alpha_mode=1']
      : []),
    // Codecs that were young when an old ffmpeg was built (AV1, FLAC and Opus in MP4).
    ...['-strict', 'experimental'],
    ...['-f', MUXERS[container], fileUrl(plan.part)],
  ];
}

/** Where a stream of the source comes from: the source itself, or the subtitles that were cut to the range. */
function mapOf(index: number, subtitles: Subtitles | null): string {
  const position = subtitles?.indices.indexOf(index) ?? -1;
  return position < 0 ? `1:${index}` : `2:${position}`;
}

function conversion(
  { codec, filter }: Extract<Carriage, { kind: 'convert' }>,
  stream: ProbedStream,
  index: number,
): string[] {
  if (stream.codec_type !== 'audio') return [`-c:${index}`, codec];
  return [
    ...(filter === undefined ? [] : [`-filter:${index}`, filter]),
    ...[`-c:${index}`, codec, `-b:${index}`, String((stream.channels ?? 2) * BITS_PER_CHANNEL)],
  ];
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
