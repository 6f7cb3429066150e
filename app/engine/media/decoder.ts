import { CancelledError, UserError, type MediaInfo } from '../../shared';
import {
  rescale,
  secondsToTicks,
  ticksToSeconds,
  type Frame,
  type FramePool,
  type PooledFrame,
  type StreamFormat,
} from '../frames';
import { inputArguments, startTool, ToolFailure, type ToolProcess } from './child';
import { passthroughFlags, QUIET } from './ffmpeg-flags';
import { NutDamage, NutReader } from './nut-reader';
import { SceneCutDetector } from './scene-cuts';
import { ROUNDING_SECONDS } from './seek';
import { Timeline } from './timeline';
import type { MediaTools } from './tools';

/** How far before the wanted time a seek aims: decoders need a key frame, and containers' indices are rough. */
const SEEK_MARGIN_SECONDS = 2;
/** And at least so many frames, after which the search for cuts knows the motion as well as if it had seen all. */
const SEEK_MARGIN_FRAMES = 48;
/** Where nothing is learned from the frames before: containers' indices alone. */
const SHORT_MARGIN_SECONDS = 0.5;
/** Frames before the first one that are decoded into view all the same: they show that the seek did not land too late. */
const ALONE_FRAMES = 2;
/** NUT has no negative times; all are moved up by this much on their way through the pipe. */
const LEAD_SECONDS = 10;
/** Frames that a video has at most; so many steps of `spreadTicks` fit the numbers that ffmpeg counts in. */
const MOST_FRAMES = 2e7;
/** A file whose last frame ends this much before its stated duration was probably cut off. */
const SHORTFALL_SECONDS = 2;

export interface DecoderOptions {
  readonly stream: StreamFormat;
  /** ffmpeg's formats to accept without conversion, separated by `|`; from `decodeFormat`. */
  readonly pixelFormat: string;
  readonly filter?: string | null;
  readonly pool: FramePool;
  readonly signal: AbortSignal;
  /** Seconds from the video's first frame: frames with start ≤ time < end are given, give or take what files round times by. */
  readonly start?: number;
  readonly end?: number;
  /** What comes before the first frame is of no interest, not even whether a cut is there; for frames at an even rate. */
  readonly alone?: boolean;
  /** Only frames from this time (in ticks) on: where an interrupted run goes on. */
  readonly from?: number;
}

/** Decoded frames in presentation order; the frames come from the pool, so reading waits while all are held. */
export interface Decoder extends AsyncIterable<Frame> {
  /** What was found on the way: damaged places, repaired times. */
  notes(): string[];
}

/**
 * Decodes a file's video through ffmpeg. The raw frames come down a pipe as NUT, each with its exact
 * time. A frame is given when the next one's time is known, so that it can carry its duration.
 * @throws (while iterating) UserError damaged-input, tool-failed; CancelledError
 */
export function openDecoder(tools: MediaTools, info: MediaInfo, options: DecoderOptions): Decoder {
  const notes: string[] = [];
  return {
    notes: () => [...notes],
    [Symbol.asyncIterator]: () => frames(tools, info, options, notes),
  };
}

async function* frames(
  tools: MediaTools,
  info: MediaInfo,
  options: DecoderOptions,
  notes: string[],
): AsyncGenerator<Frame> {
  const { stream, start, end, from } = options;
  const first = info.video.startPts ?? 0;
  const wanted = {
    from: Math.max(
      start === undefined ? -Infinity : first + secondsToTicks(start - ROUNDING_SECONDS, stream.timeBase),
      from ?? -Infinity,
    ),
    until: end === undefined ? Infinity : first + secondsToTicks(end - ROUNDING_SECONDS, stream.timeBase),
  };
  const rate = stream.frameRate ? stream.frameRate.num / stream.frameRate.den : Infinity;
  const margin = options.alone
    ? SHORT_MARGIN_SECONDS
    : Math.max(SEEK_MARGIN_SECONDS, SEEK_MARGIN_FRAMES / rate);
  const seekTo = ticksToSeconds(wanted.from, stream.timeBase) - margin;
  // Clocks of transport and program streams may start anew on the way: there a time is no place.
  const seekable = !/mpegts|mpeg\b/.test(info.container);
  if (seekable && seekTo > ticksToSeconds(first, stream.timeBase)) {
    // A seek that lands too late would lose frames: then the file is read from its beginning.
    const landed = yield* decode(tools, info, options, wanted, seekTo, notes);
    if (landed) return;
  }
  yield* decode(tools, info, options, wanted, null, notes);
}

/** Ticks: from ≤ time < until. */
interface Wanted {
  readonly from: number;
  readonly until: number;
}

/** One ffmpeg from `seek` seconds on (or the beginning). Returns false, having given nothing, if the seek landed after what is wanted. */
async function* decode(
  tools: MediaTools,
  info: MediaInfo,
  options: DecoderOptions,
  wanted: Wanted,
  seek: number | null,
  notes: string[],
): AsyncGenerator<Frame, boolean> {
  const { stream, pool, signal } = options;
  if (signal.aborted) throw new CancelledError();
  const lead = leadTicks(info, stream);
  const spread = spreadTicks(stream);
  const skip = options.alone
    ? ticksToSeconds(wanted.from - ALONE_FRAMES * frameTicks(stream), stream.timeBase)
    : null;
  const tool = startTool(
    tools.ffmpeg,
    decodeArguments(tools, info, options, { lead, spread }, { seek, skip }),
    ['ignore', 'pipe', 'pipe'],
  );
  const stop = (): void => {
    tool.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  const cuts = new SceneCutDetector();
  const timeline = new Timeline(stream);
  let ready: PooledFrame | null = null;
  try {
    if (!tool.output) throw new Error('ffmpeg has no output.');
    const reader = new NutReader(tool.output);
    const nut = await reader.open();
    let decoded = 0;
    for (let packet = nut && (await reader.next()); packet && nut; packet = await reader.next()) {
      if (signal.aborted) throw new CancelledError();
      const time = rescale(packet.pts, nut.timeBase, stream.timeBase) - lead - decoded * spread;
      decoded++;
      if (decoded === 1 && seek !== null && time > wanted.from) return false;
      const pts = timeline.place(time);
      if (ready) {
        ready.duration = pts - ready.pts;
        yield handOver(ready);
      }
      if (pts >= wanted.until) return true;
      const frame: PooledFrame = await pool.take({ pts, duration: null });
      ready = frame;
      if (packet.size !== frame.bytes.length) throw new NutDamage(`A frame of ${packet.size} bytes.`);
      await reader.read(frame.bytes);
      frame.sceneCutBefore = cuts.look(frame);
      if (pts < wanted.from) {
        frame.release();
        ready = null;
      }
    }
    const whole = await checkEnd(tool, tools, info, decoded, notes);
    notes.push(...timeline.notes(), ...shortfall(info, stream, timeline.last, whole));
    if (ready) {
      ready.duration = timeline.lastStep;
      yield handOver(ready);
    }
    return true;
  } catch (error) {
    if (signal.aborted) throw new CancelledError();
    if (!(error instanceof NutDamage)) throw error;
    // At a premature end the child's own end tells why.
    if (error.atEnd) await checkEnd(tool, tools, info, 0, notes);
    throw damaged(info, new Error(`${error.message} ${tool.stderr()}`, { cause: error }));
  } finally {
    ready?.release();
    signal.removeEventListener('abort', stop);
    tool.kill();
    await tool.ended;
  }

  function handOver(frame: PooledFrame): Frame {
    ready = null;
    return frame;
  }
}

function leadTicks(info: MediaInfo, stream: StreamFormat): number {
  return secondsToTicks(LEAD_SECONDS, stream.timeBase) + Math.max(0, -(info.video.startPts ?? 0));
}

/**
 * What is added to each frame's time over that of the one before on the way through the pipe: ffmpeg
 * would otherwise alter times that stand still or run backward, before they can be seen.
 */
function spreadTicks(stream: StreamFormat): number {
  const { num, den } = stream.timeBase;
  // ffmpeg counts in 64 bits after a shift by as many bits as take the denominator to 2^29, at most 16.
  const shift = Math.min(16, Math.max(0, 29 - Math.floor(Math.log2(den))));
  // And NUT's time base is finer than a coarse one, to about a 2^17th of a second.
  const finer = Math.max(1, (2 ** 17 * num) / den);
  const room = Math.min(2 ** 62 / 2 ** shift, 2 ** 52 / finer);
  return Math.max(1, Math.floor(Math.min((3600 * den) / num, room / MOST_FRAMES)));
}

/** At the end of the pipe: was it the end of the video? False where the decoder found damage on the way. */
async function checkEnd(
  tool: ToolProcess,
  tools: MediaTools,
  info: MediaInfo,
  decoded: number,
  notes: string[],
): Promise<boolean> {
  const end = await tool.ended;
  const said = tool.stderr();
  const failure = new ToolFailure(tools.ffmpeg, end, said);
  if (end.error) {
    throw new UserError(
      'tool-failed',
      `ffmpeg could not be started to read ${info.path}: install it again.`,
      {
        cause: failure,
      },
    );
  }
  if (end.signal !== null) {
    throw new UserError(
      'tool-failed',
      `ffmpeg was ended by ${end.signal} while it read ${info.path}: start again; finished work is kept.`,
      { cause: failure },
    );
  }
  if (end.code !== 0 || (decoded === 0 && said !== '')) throw damaged(info, failure);
  if (said === '') return true;
  const count = said.split('\n').length;
  notes.push(
    `Parts of the file are damaged (${count} ${count === 1 ? 'message' : 'messages'} from the decoder); what could be decoded was used.`,
  );
  return false;
}

function damaged(info: MediaInfo, cause: Error): UserError {
  return new UserError(
    'damaged-input',
    `${info.path} is damaged and can't be decoded: copy or download it again.`,
    { cause },
  );
}

function shortfall(info: MediaInfo, stream: StreamFormat, last: number, whole: boolean): string[] {
  const { durationSeconds, startPts } = info.video;
  if (durationSeconds === null || !Number.isFinite(last)) return [];
  const missing = durationSeconds - ticksToSeconds(last - (startPts ?? 0), stream.timeBase);
  // Containers often state the longest stream's duration for all: only much less picture than sound is odd, unless there was damage.
  return missing > Math.max(whole ? SHORTFALL_SECONDS : 0, durationSeconds / 10)
    ? [`The picture ends ${missing.toFixed(1)} s before the file's stated end: the file may be cut off.`]
    : [];
}

/** Ticks from frame to frame, where that is known. */
function frameTicks({ frameRate, timeBase }: StreamFormat): number {
  return frameRate ? Math.max(1, rescale(1, { num: frameRate.den, den: frameRate.num }, timeBase)) : 1;
}

function decodeArguments(
  tools: MediaTools,
  info: MediaInfo,
  options: DecoderOptions,
  { lead, spread }: { readonly lead: number; readonly spread: number },
  { seek, skip }: { readonly seek: number | null; readonly skip: number | null },
): string[] {
  const { stream, filter, pixelFormat } = options;
  const step = frameTicks(stream);
  // Frames without a time (raw streams, some AVI) follow the one before by the usual step.
  const untimed = `if(isnan(PREV_OUTPTS),${lead},PREV_OUTPTS+${spread + step})`;
  const times = `setpts='if(isnan(PTS),${untimed},PTS+${lead}+N*${spread})'`;
  const wanted = skip === null ? [] : [`select='if(isnan(t),1,gte(t,${skip.toFixed(6)}))'`];
  // A change of size in mid-stream is scaled to the size that the job was planned for.
  const size = `scale=${stream.width}:${stream.height}`;
  return [
    ...QUIET,
    ...inputArguments(info.path, [
      '-noautorotate',
      '-copyts',
      ...(seek === null ? [] : ['-seek_timestamp', '1', '-noaccurate_seek', '-ss', seek.toFixed(6)]),
    ]),
    '-map',
    `0:${info.video.index}`,
    '-vf',
    [...wanted, times, size, ...(filter ? [filter] : []), `format=${pixelFormat}`].join(','),
    ...passthroughFlags(tools),
    '-c:v',
    'rawvideo',
    '-f',
    'nut',
    'pipe:1',
  ];
}
