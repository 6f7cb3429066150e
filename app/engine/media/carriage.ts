import type { OtherStream, SlowSound } from '../../shared';
import type { Container } from './container';

/** What becomes of a stream of the source in the result's container. */
export type Carriage =
  | { readonly kind: 'copy' }
  /** Converted, because the container can't hold it as it is; the note says so. */
  | {
      readonly kind: 'convert';
      readonly codec: string;
      readonly note: string | null;
      /** Filter of the sound on its way. */
      readonly filter?: string;
    }
  /** A cover picture goes along as an attached file. */
  | { readonly kind: 'attach' }
  /** Left out; no note where the container makes its own (chapter and timecode tracks). */
  | { readonly kind: 'drop'; readonly note: string | null };

export interface CarriageFacts {
  readonly stream: OtherStream;
  /** The container's own code of the stream's kind, as ffprobe tells it. */
  readonly tag: string;
  readonly container: Container;
  /** Names of the encoders that can be had. */
  readonly encoders: ReadonlySet<string>;
  /** By how much time is stretched, and what becomes of the sound; null where it stays. */
  readonly slow: { readonly factor: number; readonly sound: SlowSound } | null;
}

/** Sound that a container holds as it is; Matroska holds all. */
const AUDIO: Readonly<Record<Exclude<Container, 'mkv'>, RegExp>> = {
  mp4: /^(?:aac|mp3|mp2|ac3|eac3|alac|opus|flac|dts|vorbis)$/,
  mov: /^(?:aac|mp3|ac3|eac3|alac|pcm_(?:[su](?:8|16|24|32)|f(?:32|64))(?:le|be)?|pcm_alaw|pcm_mulaw)$/,
  webm: /^(?:opus|vorbis)$/,
  avi: /^(?:mp3|mp2|ac3|aac|dts|pcm_(?:u8|s16le|s24le|s32le|alaw|mulaw))$/,
};
/** Why what is bound to times can't follow slow motion. */
const UNSTRETCHED = 'its times are those of the unstretched video';
const TEXT_SUBTITLES = /^(?:subrip|srt|ass|ssa|webvtt|mov_text|text)$/;
const MATROSKA_SUBTITLES = /^(?:subrip|srt|ass|ssa|webvtt|text|hdmv_pgs_subtitle|dvd_subtitle|dvb_subtitle)$/;

/** How a stream travels, and what the user should know about it. */
export function carriageOf(facts: CarriageFacts): Carriage {
  switch (facts.stream.kind) {
    case 'audio':
      return carriageOfAudio(facts);
    case 'subtitle':
      return carriageOfSubtitle(facts);
    case 'attachment':
      return facts.container === 'mkv'
        ? { kind: 'copy' }
        : drop(facts, `.${facts.container} can't hold attachments`);
    case 'video':
      return carriageOfVideo(facts);
    case 'data':
      if (facts.slow && facts.tag !== 'text' && facts.tag !== 'tmcd') return drop(facts, UNSTRETCHED, false);
      // Muxers write chapters and timecodes anew from what they are told.
      return facts.tag === 'text' || facts.tag === 'tmcd'
        ? { kind: 'drop', note: null }
        : drop(facts, `.${facts.container} can't hold it`, false);
  }
}

function carriageOfAudio(facts: CarriageFacts): Carriage {
  const { stream, container, encoders, slow } = facts;
  if (slow) return slowAudio(facts, slow);
  if (container === 'mkv' || AUDIO[container].test(stream.codec)) return { kind: 'copy' };
  const choices = container === 'webm' ? ['libopus', 'libvorbis'] : ['aac'];
  const codec = choices.find((name) => encoders.has(name));
  if (codec === undefined || container === 'avi') return drop(facts, `.${container} can't hold it`);
  return {
    kind: 'convert',
    codec,
    note: `${nameOf(stream)} was re-encoded (${codec}), because .${container} can't hold it: choose .mkv to keep it as it is.`,
  };
}

/** Encoders of stretched sound, the first that there is. */
const SLOW_AUDIO: Readonly<Record<Container, readonly string[]>> = {
  mp4: ['aac'],
  mov: ['aac'],
  mkv: ['aac'],
  webm: ['libopus', 'libvorbis'],
  avi: ['libmp3lame', 'pcm_s16le'],
};

function slowAudio(
  facts: CarriageFacts,
  { factor, sound }: { readonly factor: number; readonly sound: SlowSound },
): Carriage {
  const { stream, container, encoders } = facts;
  if (sound === 'drop') return { kind: 'drop', note: `${nameOf(stream)} was left out, as asked.` };
  const codec = SLOW_AUDIO[container].find((name) => encoders.has(name));
  if (codec === undefined) return drop(facts, 'this ffmpeg can not encode it for this container', false);
  return {
    kind: 'convert',
    codec,
    filter: stretchFilter(factor),
    note: `${nameOf(stream)} was stretched to ${factor} times its length at the same pitch (${codec}).`,
  };
}

/**
 * Sound `factor` times as long at the same pitch. Old ffmpegs stretch by at most 2 at a time and forget when the sound began;
 * newer ones keep its beginning unstretched, and all close its gaps: so silence fills them before.
 */
function stretchFilter(factor: number): string {
  const steps = Array.from({ length: Math.round(Math.log2(factor)) }, () => 'atempo=0.5');
  return ['aresample=async=1:first_pts=0', ...steps].join(',');
}

function carriageOfSubtitle(facts: CarriageFacts): Carriage {
  const { stream, container } = facts;
  if (facts.slow) return drop(facts, UNSTRETCHED, false);
  const text = TEXT_SUBTITLES.test(stream.codec);
  if (container === 'mkv') {
    if (MATROSKA_SUBTITLES.test(stream.codec)) return { kind: 'copy' };
    return text ? { kind: 'convert', codec: 'subrip', note: null } : drop(facts, ".mkv can't hold it", false);
  }
  const own = { mp4: 'mov_text', mov: 'mov_text', webm: 'webvtt', avi: null }[container];
  if (own === null) return drop(facts, `.${container} can't hold subtitles`);
  if (stream.codec === own) return { kind: 'copy' };
  if (!text) return drop(facts, `.${container} can't hold subtitles that are pictures`);
  return {
    kind: 'convert',
    codec: own,
    note: `${nameOf(stream)} was converted to ${own}, its styling may be lost: choose .mkv to keep it as it is.`,
  };
}

function carriageOfVideo(facts: CarriageFacts): Carriage {
  const { stream, container } = facts;
  if (!stream.attachedPicture) return drop(facts, 'one video stream is processed', false);
  if (container === 'mkv') return { kind: 'attach' };
  const fits = (container === 'mp4' || container === 'mov') && /^(?:mjpeg|png|bmp)$/.test(stream.codec);
  return fits && container === 'mp4'
    ? { kind: 'copy' }
    : drop(facts, `.${container} can't hold cover pictures`);
}

function drop({ stream }: CarriageFacts, why: string, hint = true): Carriage {
  return {
    kind: 'drop',
    note: `${nameOf(stream)} could not be carried: ${why}${hint ? '; choose .mkv to keep it' : ''}.`,
  };
}

const NAMES: Readonly<Record<OtherStream['kind'], string>> = {
  audio: 'Sound track',
  subtitle: 'Subtitle track',
  attachment: 'Attachment',
  data: 'Data track',
  video: 'Video track',
};

function nameOf(stream: OtherStream): string {
  const name = stream.attachedPicture ? 'Cover picture' : NAMES[stream.kind];
  const details = [stream.codec, stream.language, stream.title].filter((text) => text && text !== 'unknown');
  return `${name} ${stream.index}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}
