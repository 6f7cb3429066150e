import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CancelledError, UserError, type MediaInfo } from '../../shared';
import { secondsToTicks, ticksToSeconds, type Frame, type FramePool, type StreamFormat } from '../frames';
import { ByteReader } from './byte-reader';
import { inputPath, startTool, type ToolProcess } from './child';
import { SceneCutDetector } from './scene-cuts';
import { passthroughFlags } from './ffmpeg-flags';
import type { MediaTools } from './tools';

/** How far before the wanted time a seek aims: decoders need a key frame, and containers' indices are rough. */
const SEEK_MARGIN_SECONDS = 2;
/** Cuts found on the way back to a resumed job's place are the same as in an unbroken run only with some frames before it. */
const WARM_UP_FRAMES = 0;

export interface DecoderOptions {
  readonly stream: StreamFormat;
  readonly pixelFormat: string;
  readonly filter?: string | null;
  readonly pool: FramePool;
  readonly signal: AbortSignal;
  /** Seconds from the file's first frame: frames with start ≤ time < end are given. */
  readonly start?: number;
  readonly end?: number;
  /** Only frames later than this time (in ticks): where an interrupted run goes on. */
  readonly after?: number;
}

/** Decoded frames in presentation order; the frames come from the pool, so reading waits while all are held. */
export interface Decoder extends AsyncIterable<Frame> {
  /** What was found on the way: damaged places, repaired times. */
  notes(): string[];
}

/**
 * Decodes a file's video through ffmpeg. Pixels come down one pipe as raw video, times down another as
 * `framecrc` lines of the same decode, so every frame has its exact time in ticks.
 * @throws (while iterating) UserError damaged-input, CancelledError
 */
export function openDecoder(tools: MediaTools, info: MediaInfo, options: DecoderOptions): Decoder {
  const notes: string[] = [];
  return {
    notes: () => notes,
    [Symbol.asyncIterator]: () => frames(tools, info, options, notes),
  };
}

async function* frames(
  tools: MediaTools,
  info: MediaInfo,
  options: DecoderOptions,
  notes: string[],
): AsyncGenerator<Frame> {
  const { stream, start, after } = options;
  const first = info.video.startPts ?? 0;
  const from = Math.max(
    start === undefined ? -Infinity : first + secondsToTicks(start, stream.timeBase),
    after === undefined ? -Infinity : after + 1,
  );
  const seek = Number.isFinite(from)
    ? ticksToSeconds(from - first, stream.timeBase) - SEEK_MARGIN_SECONDS
    : 0;
  const state: State = { notes, from, last: -Infinity, given: 0 };
  if (seek > 0) {
    // A seek that lands too late would lose frames: then the file is read from its beginning.
    const landed = yield* oneDecode(tools, info, options, state, seek);
    if (landed) return;
  }
  yield* oneDecode(tools, info, options, state, null);
}

interface State {
  readonly notes: string[];
  /** First tick that is wanted. */
  readonly from: number;
  last: number;
  given: number;
}

/** One ffmpeg from `seek` seconds on (or the beginning). Returns false, having given nothing, if the seek landed after what is wanted. */
async function* oneDecode(
  tools: MediaTools,
  info: MediaInfo,
  options: DecoderOptions,
  state: State,
  seek: number | null,
): AsyncGenerator<Frame, boolean> {
  const { stream, pool, signal, end } = options;
  const first = info.video.startPts ?? 0;
  const until = end === undefined ? Infinity : first + secondsToTicks(end, stream.timeBase);
  const process = startTool(tools.ffmpeg, decodeArguments(tools, info, options, seek), [
    'ignore',
    'pipe',
    'pipe',
    'pipe',
  ]);
  const stop = (): void => {
    process.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  const cuts = new SceneCutDetector();
  let decoded = 0;
  try {
    const pixels = new ByteReader(pipe(process, 1));
    const times = new FrameTimes(pipe(process, 3));
    for (;;) {
      if (signal.aborted) throw new CancelledError();
      const frame = await pool.take({ pts: 0, duration: null });
      let handed = false;
      try {
        const [bytes, time] = await Promise.all([pixels.fill(frame.bytes), times.next()]);
        if (signal.aborted) throw new CancelledError();
        if (bytes < frame.bytes.length || !time) {
          await finish(process, info, decoded, state);
          return true;
        }
        decoded++;
        if (decoded === 1 && seek !== null && time.pts >= state.from) return false;
        const cut = cuts.look(frame);
        if (time.pts >= until) return true;
        if (time.pts < state.from) continue;
        const pts = increasing(time.pts, state);
        frame.stamp({
          pts,
          sourcePts: pts,
          duration: time.duration > 0 ? time.duration : null,
          sceneCutBefore: cut && decoded > WARM_UP_FRAMES,
        });
        state.last = pts;
        state.given++;
        handed = true;
        yield frame;
      } finally {
        if (!handed) frame.release();
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    process.kill();
    await process.ended;
  }
}

/** Times of a broken stream that stand still or run backward are moved on by a tick. */
function increasing(pts: number, state: State): number {
  if (pts > state.last) return pts;
  const note = 'Some frames had repeated or backward times; they follow each other by the smallest step now.';
  if (!state.notes.includes(note)) state.notes.push(note);
  return state.last + 1;
}

/** At the end of the pipe: was it the end of the video? */
async function finish(process: ToolProcess, info: MediaInfo, decoded: number, state: State): Promise<void> {
  const { code, error } = await process.ended;
  const said = process.stderr().trim();
  if (error)
    throw new UserError('tool-failed', `ffmpeg could not be started to read ${info.path}.`, { cause: error });
  if (decoded === 0 && said !== '') {
    throw new UserError(
      'damaged-input',
      `No frame of ${info.path} could be decoded: it is damaged; copy or download it again.`,
      { cause: new Error(said) },
    );
  }
  if (code !== 0 && code !== null) {
    throw new UserError(
      'damaged-input',
      `${info.path} is damaged after ${state.given} frames: copy or download it again.`,
      { cause: new Error(said) },
    );
  }
  if (said !== '') state.notes.push('Parts of the file are damaged; they were decoded as far as possible.');
}

function decodeArguments(
  tools: MediaTools,
  info: MediaInfo,
  options: DecoderOptions,
  seek: number | null,
): string[] {
  const filters = [options.filter, `format=${options.pixelFormat}`].filter(
    (filter) => typeof filter === 'string',
  );
  const output = [
    '-map',
    `0:${info.video.index}`,
    ...passthroughFlags(tools),
    '-vf',
    filters.join(','),
    '-c:v',
    'rawvideo',
  ];
  return [
    '-protocol_whitelist',
    'file,pipe',
    '-noautorotate',
    '-copyts',
    ...(seek === null ? [] : ['-noaccurate_seek', '-ss', seek.toFixed(6)]),
    '-i',
    inputPath(info.path),
    ...output,
    '-f',
    'rawvideo',
    'pipe:1',
    ...output,
    '-flush_packets',
    '1',
    '-f',
    'framecrc',
    'pipe:3',
  ];
}

function pipe(process: ToolProcess, index: number): Readable {
  const found = process.child.stdio[index];
  if (!found) throw new Error(`ffmpeg has no pipe ${index}.`);
  return found as Readable;
}

/** Lines of ffmpeg's framecrc output: `stream, dts, pts, duration, size, hash`. */
class FrameTimes {
  readonly #lines: AsyncIterator<string>;

  constructor(stream: Readable) {
    this.#lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  }

  async next(): Promise<{ readonly pts: number; readonly duration: number } | null> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) return null;
      const time = parseFrameTime(line.value);
      if (time) return time;
    }
  }
}

/** Time and duration in a framecrc line; null for its comments. */
export function parseFrameTime(line: string): { pts: number; duration: number } | null {
  const match = /^\d+,\s*-?\d+,\s*(-?\d+),\s*(-?\d+),/.exec(line);
  return match ? { pts: Number(match[1]), duration: Number(match[2]) } : null;
}
