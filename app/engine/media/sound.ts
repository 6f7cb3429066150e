import type { MediaInfo, PeaksRequest, SoundRequest } from '../../shared';
import { carriageOf, type CarriageFacts } from './carriage';
import { fileUrl, runTool } from './child';
import type { Container } from './container';
import { seekArguments } from './seek';
import type { MediaTools } from './tools';

const TIMEOUT_MS = 60_000;
/** Enough for the shape of a waveform; decoding costs the same, what crosses the pipe is a sixth. */
const PEAK_RATE = 8000;

/** The first sound track, or null where there is none. */
function trackOf(info: MediaInfo): number | null {
  return info.others.find(({ kind }) => kind === 'audio')?.index ?? null;
}

function input(info: MediaInfo, track: number, start: number, seconds: number): string[] {
  return [
    ...['-nostdin', '-loglevel', 'error', '-protocol_whitelist', 'file,pipe'],
    ...[...seekArguments(info, start), '-i', fileUrl(info.path), '-t', String(seconds)],
    ...['-map', `0:${track}`, '-vn', '-sn'],
  ];
}

/** The loudest sample of each of `count` equal parts, 0 to 255; empty where there is no sound, or none that can be decoded. */
export async function soundPeaks(
  tools: MediaTools,
  info: MediaInfo,
  { start, seconds, count }: PeaksRequest,
): Promise<Uint8Array> {
  const track = trackOf(info);
  if (track === null) return new Uint8Array();
  const bytes = await runTool(
    tools.ffmpeg,
    [...input(info, track, start, seconds), '-ac', '1', '-ar', String(PEAK_RATE), '-f', 's16le', 'pipe:1'],
    { timeoutMs: TIMEOUT_MS },
  ).catch(() => null);
  return bytes ? peaksOf(bytes, (seconds * PEAK_RATE) / count, count) : new Uint8Array();
}

/** `samplesEach` samples of 16 bit make a peak. */
export function peaksOf(bytes: Uint8Array, samplesEach: number, count: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = Math.floor(bytes.byteLength / 2);
  const peaks = new Uint8Array(count);
  for (let index = 0; index < samples; index += 1) {
    const part = Math.floor(index / samplesEach);
    if (part >= count) break;
    const loud = Math.min(255, Math.abs(view.getInt16(index * 2, true)) >> 7);
    if (loud > (peaks[part] ?? 0)) peaks[part] = loud;
  }
  return peaks;
}

/** A piece of the first sound track as WAV: 16 bit, 48 kHz, stereo. Empty where there is none, or none that can be decoded. */
export async function soundPiece(
  tools: MediaTools,
  info: MediaInfo,
  { start, seconds }: SoundRequest,
): Promise<Uint8Array> {
  const track = trackOf(info);
  if (track === null) return new Uint8Array();
  const wav = await runTool(
    tools.ffmpeg,
    [...input(info, track, start, seconds), ...['-ac', '2', '-ar', '48000', '-f', 'wav', 'pipe:1']],
    { timeoutMs: TIMEOUT_MS },
  ).catch(() => null);
  return wav ?? new Uint8Array();
}

/** Bits a second of a sound track that is encoded anew: ffmpeg's own choice for two channels, about. */
const ENCODED_RATE = 128_000;
/** Seconds of a track that are looked at where the file doesn't tell its rate. */
const LOOK_SECONDS = 20;

/** Bits a second of all sound that a result in `container` will have. */
export async function soundRate(
  tools: MediaTools,
  info: MediaInfo,
  container: Container,
  slow: CarriageFacts['slow'],
): Promise<number> {
  let sum = 0;
  for (const stream of info.others.filter(({ kind }) => kind === 'audio')) {
    const { kind } = carriageOf({ stream, tag: '', container, encoders: tools.encoders, slow });
    if (kind === 'convert') sum += ENCODED_RATE;
    if (kind === 'copy') sum += stream.bitRate ?? (await measuredRate(tools, info, stream.index));
  }
  return sum;
}

async function measuredRate(tools: MediaTools, info: MediaInfo, track: number): Promise<number> {
  const length = info.durationSeconds ?? LOOK_SECONDS;
  const seconds = Math.min(LOOK_SECONDS, length);
  const from = Math.max(0, (length - seconds) / 2);
  const bytes = await runTool(
    tools.ffmpeg,
    [...input(info, track, from, seconds), '-c', 'copy', '-f', 'data', 'pipe:1'],
    { timeoutMs: TIMEOUT_MS },
  ).catch(() => null);
  return bytes && seconds > 0 ? (8 * bytes.length) / seconds : ENCODED_RATE;
}
