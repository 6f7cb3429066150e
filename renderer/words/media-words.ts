import type { ColourDescription, MediaInfo, OtherStream, Rational, VideoStream } from '../../app/shared';
import { formatSize } from '../../app/shared';
import { locale, t } from '.';
import { durationWords } from './time-words';

/** One line of what a file is. */
export interface Fact {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

const CODECS: Readonly<Record<string, string>> = {
  h264: 'H.264',
  hevc: 'HEVC (H.265)',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  prores: 'ProRes',
  ffv1: 'FFV1',
  mpeg1video: 'MPEG-1',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4',
  mjpeg: 'Motion JPEG',
  png: 'PNG',
  jpeg: 'JPEG',
  webp: 'WebP',
  aac: 'AAC',
  ac3: 'Dolby Digital',
  eac3: 'Dolby Digital Plus',
  opus: 'Opus',
  vorbis: 'Vorbis',
  mp3: 'MP3',
  flac: 'FLAC',
  subrip: 'SubRip',
  ass: 'ASS',
  mov_text: 'MP4 text',
  webvtt: 'WebVTT',
  hdmv_pgs_subtitle: 'PGS',
  dvd_subtitle: 'DVD',
};

const CONTAINERS: Readonly<Record<string, string>> = {
  mp4: 'MP4',
  m4v: 'MP4',
  mov: 'QuickTime',
  mkv: 'Matroska',
  webm: 'WebM',
  avi: 'AVI',
};

const MATRICES: Readonly<Record<string, string>> = {
  bt709: 'BT.709',
  smpte170m: 'BT.601',
  bt470bg: 'BT.601',
  bt2020nc: 'BT.2020',
  gbr: 'RGB',
};

/** A codec by the name people know; ffmpeg's own where there is none. */
function codecName(codec: string): string {
  return CODECS[codec] ?? (codec.startsWith('pcm_') ? 'PCM' : codec);
}

/** `640 × 360`, as a player shows it: turned upright. */
export function displaySize(video: VideoStream, scale = 1): string {
  const upright = video.rotation % 180 === 0;
  const [width, height] = upright ? [video.width, video.height] : [video.height, video.width];
  return `${width * scale} × ${height * scale}`;
}

/** Frames a second with no more digits than it needs: `25`, `29.97`. */
export function frameRate(rate: Rational): string {
  return String(Math.round((rate.num / rate.den) * 100) / 100);
}

/** Everything about a file that a person may want to know before the job. */
export function mediaFacts(info: MediaInfo): Fact[] {
  const { video } = info;
  const words = t().facts;
  const facts: Fact[] = [];
  const add = (key: string, name: string, value: string): void => void facts.push({ key, name, value });
  add('size', words.size, pictureWords(video));
  if (info.kind === 'video') {
    add('rate', words.rate, rateWords(video));
    add(
      'length',
      words.length,
      info.durationSeconds === null ? words.unknown : durationWords(info.durationSeconds),
    );
  }
  add('format', words.format, formatWords(info));
  add('colour', words.colour, colourWords(video.colour, video));
  if (info.kind === 'video') {
    add('sound', words.sound, streamsOf(info.others, 'audio') ?? words.none);
    const subtitles = streamsOf(info.others, 'subtitle');
    if (subtitles) add('subtitles', words.subtitles, subtitles);
    if (info.chapters > 0) add('chapters', words.chapters, String(info.chapters));
  }
  add('file', words.file, formatSize(info.sizeBytes));
  return facts;
}

function joined(parts: readonly (string | null)[]): string {
  return t().facts.join(parts.filter((part) => part !== null));
}

function pictureWords(video: VideoStream): string {
  const { num, den } = video.sampleAspectRatio;
  const words = t().facts;
  return joined([
    displaySize(video),
    video.rotation === 0 ? null : words.turned(video.rotation),
    num === den ? null : words.pixels(num, den),
    video.interlaced ? words.interlaced : null,
  ]);
}

function rateWords(video: VideoStream): string {
  const words = t().facts;
  if (!video.frameRate) return words.unknown;
  return video.variableFrameRate
    ? words.variable(frameRate(video.frameRate))
    : words.fps(frameRate(video.frameRate));
}

function formatWords(info: MediaInfo): string {
  const words = t().facts;
  const depth = info.video.bitDepth === 8 ? null : words.bits(info.video.bitDepth);
  const extension = info.path.slice(info.path.lastIndexOf('.') + 1).toLowerCase();
  const container = info.kind === 'still' ? null : (CONTAINERS[extension] ?? null);
  return joined([codecName(info.video.codec), depth, container && words.container(container)]);
}

function colourWords(colour: ColourDescription, { hdr }: VideoStream): string {
  const words = t().facts;
  const matrix = MATRICES[colour.matrix] ?? (colour.matrix === 'unknown' ? words.notStated : colour.matrix);
  const range = colour.matrix === 'gbr' ? null : colour.range === 'full' ? words.fullRange : null;
  const dynamic = hdr ? (colour.transfer === 'arib-std-b67' ? 'HDR (HLG)' : 'HDR (PQ)') : null;
  return joined([matrix, range, dynamic]);
}

function streamsOf(streams: readonly OtherStream[], kind: OtherStream['kind']): string | null {
  const found = streams.filter((stream) => stream.kind === kind);
  return found.length === 0 ? null : found.map(streamWords).join(' · ');
}

function streamWords(stream: OtherStream): string {
  return [
    codecName(stream.codec),
    stream.channels === null ? null : channelWords(stream.channels),
    stream.language === null || stream.language === 'und' ? null : languageName(stream.language),
  ]
    .filter((part) => part !== null)
    .join(' ');
}

function channelWords(channels: number): string {
  const words = t().facts;
  return { 1: words.mono, 2: words.stereo, 6: '5.1', 8: '7.1' }[channels] ?? words.channels(channels);
}

/** `eng` as `English`; the code itself where the system has no name for it. */
function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
