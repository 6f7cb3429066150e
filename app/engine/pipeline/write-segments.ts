import { CancelledError, throwIfCancelled, type JobRequest, type MediaInfo } from '../../shared';
import { FramePool, type Frame } from '../frames';
import { openDecoder, type DecodeFormat, type MediaTools } from '../media';
import { buffered } from './buffered';
import type { Gate } from './gate';
import { firstPlainStage, later, through, type OpenedStage } from './open-stages';
import type { RunEvents } from './run-events';
import type { SegmentStore } from './segment-store';
import { SegmentWriter, type SegmentFile } from './segment-writer';
import type { Stopwatch } from './stopwatch';
import { Validator } from './validator';

/** Frames that the parts of the pipeline may be ahead of each other. */
const AHEAD = 2;
/** Frames out of the decoder at once: read ahead, one in the stage's hands, one being filled. */
export const DECODED_FRAMES = AHEAD + 3;

export interface WriteParts {
  readonly tools: MediaTools;
  readonly info: MediaInfo;
  readonly signal: AbortSignal;
  readonly gate: Gate;
  readonly events: RunEvents;
  readonly decoding: DecodeFormat & { readonly supported: true };
  readonly opened: readonly OpenedStage[];
  readonly files: readonly SegmentFile[];
  readonly store: SegmentStore;
  /** Frames per segment. */
  readonly length: number;
  readonly stopwatch: Stopwatch;
  readonly notes: string[];
}

/**
 * Decoder → stages → Validator → segments, pulled frame by frame through bounded queues. Goes on after the
 * store's last segment.
 * @throws UserError, CancelledError; finished segments are kept for a later run
 */
export async function writeSegments(request: JobRequest, parts: WriteParts): Promise<void> {
  const { tools, info, gate, events, opened, store, stopwatch, notes } = parts;
  const { stream } = parts.decoding;
  // A failure anywhere stops the rest of the pipeline, as a cancel does.
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  const last = store.segments.at(-1);
  const decoder = openDecoder(tools, info, {
    stream,
    pixelFormat: parts.decoding.pixelFormat,
    filter: parts.decoding.filter,
    pool: new FramePool(stream, DECODED_FRAMES),
    signal,
    ...(request.start === undefined ? {} : { start: request.start }),
    ...(request.end === undefined ? {} : { end: request.end }),
    ...(last === undefined ? {} : { from: last.restartPts }),
  });
  const frames = chained(request, parts, stopwatch.iterate('decode', decoder), last?.lastPts ?? null);
  const writer = new SegmentWriter({
    store,
    files: parts.files,
    statesFor: (restartPts) => opened.map(({ stage }) => stage.stateFor?.(restartPts) ?? null),
    length: parts.length,
  });
  try {
    for await (const frame of frames) {
      try {
        await gate.pass();
        throwIfCancelled(signal);
        await stopwatch.time('encode', () => writer.write(frame));
      } finally {
        frame.release();
      }
      events.wrote(writer.framesTotal, writer.framesThisRun, writer.closed, stopwatch);
    }
    throwIfCancelled(parts.signal);
    await stopwatch.time('encode', () => writer.finish());
    notes.push(...decoder.notes());
    await store.finish([...new Set(notes)]);
  } catch (error) {
    stop.abort();
    await writer.abort();
    // What fails because the rest was stopped tells nothing: a cancel is a cancel.
    if (parts.signal.aborted) throw new CancelledError();
    throw error;
  }
}

/** Frames through all stages, and judged where they can be; of those in finished segments (up to `done`) none comes again. */
export function chained(
  request: JobRequest,
  { opened, decoding, stopwatch }: Pick<WriteParts, 'opened' | 'decoding' | 'stopwatch'>,
  decoded: AsyncIterable<Frame>,
  done: number | null,
): AsyncIterable<Frame> {
  const validator = new Validator();
  const tapped = tap(decoded, (frame) => {
    validator.saw(frame);
  });
  let frames: AsyncIterable<Frame> = buffered(tapped, AHEAD);
  let stream = decoding.stream;
  let judged = true;
  const plain = firstPlainStage(opened);
  const judge = (source: AsyncIterable<Frame>): AsyncIterable<Frame> => {
    const { width, height } = stream;
    const content = judged;
    return tap(source, (frame) => {
      validator.check(frame, { width, height, content });
    });
  };
  opened.forEach(({ stage, plan }, index) => {
    // What is in finished segments was made again only for what comes after it.
    if (done !== null && index === plain) frames = later(frames, done);
    // After it, pictures can't be held against those of the source.
    if (plan.repaints && judged && index > 0) frames = judge(frames);
    frames = buffered(stopwatch.iterate(stageLabel(request, index), through(stage, frames)), AHEAD);
    stream = plan.output;
    judged &&= plan.repaints !== true;
  });
  if (done !== null && plain === opened.length) frames = later(frames, done);
  return judge(frames);
}

function stageLabel(request: JobRequest, index: number): string {
  const kind = request.stages[index]?.kind ?? 'stage';
  const same = request.stages.slice(0, index).filter((stage) => stage.kind === kind).length;
  return same === 0 ? kind : `${kind} ${same + 1}`;
}

/** Frames that `look` throws at are given back. */
async function* tap(source: AsyncIterable<Frame>, look: (frame: Frame) => void): AsyncGenerator<Frame> {
  for await (const frame of source) {
    try {
      look(frame);
    } catch (error) {
      frame.release();
      throw error;
    }
    yield frame;
  }
}
