import { rm, stat } from 'node:fs/promises';
import {
  CancelledError,
  throwIfCancelled,
  UserError,
  type JobRequest,
  type MediaInfo,
  type StageChoice,
} from '../../shared';
import { FramePool, type Display, type Frame, type StreamFormat } from '../frames';
import {
  containerOf,
  decodeFormat,
  encoderFor,
  muxResult,
  openDecoder,
  type DecodeFormat,
  type EncoderSpec,
  type MediaTools,
} from '../media';
import { buffered } from './buffered';
import { expectedFrames } from './expected-frames';
import type { Gate } from './gate';
import { jobIdentity, requestIdentity } from './identity';
import {
  choicesOf,
  displayOf,
  firstPlainStage,
  later,
  openStages,
  slowOf,
  through,
  type OpenedStage,
} from './open-stages';
import { putInPlace, RESULT_PART } from './result-file';
import { choicesBefore, SegmentStore, workFolder } from './segment-store';
import { SegmentWriter } from './segment-writer';
import { Stopwatch } from './stopwatch';
import { Validator } from './validator';

/** Frames that the parts of the pipeline may be ahead of each other. */
const AHEAD = 2;
/** Frames out of the decoder at once: read ahead, one in the stage's hands, one being filled. */
const DECODED_FRAMES = AHEAD + 3;

export interface RunEvents {
  /** Frames in the result so far, those of an earlier run included; `thisRun` of them are new. */
  wrote(frames: number, thisRun: number, bytes: number, stopwatch: Stopwatch): void;
  /** The last frame is written; joining and muxing begin. */
  finishing(): void;
  note(text: string): void;
  /** All stages are open; what they compute with. */
  chose(choices: readonly StageChoice[]): void;
}

export interface RunFacts {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly framesThisRun: number;
  readonly sizeBytes: number;
  readonly backend: string;
  readonly choices: readonly StageChoice[];
  readonly notes: readonly string[];
  readonly stopwatch: Stopwatch;
}

export interface RunContext {
  readonly tools: MediaTools;
  readonly info: MediaInfo;
  readonly signal: AbortSignal;
  readonly gate: Gate;
  readonly events: RunEvents;
}

/** Frames per segment: about ten seconds' work lost at most, without key frames too close together for large pictures. */
export function segmentLength(output: StreamFormat): number {
  const megapixels = (output.width * output.height) / 1e6;
  return Math.round(Math.min(250, Math.max(24, 250 / Math.max(1, megapixels))));
}

/**
 * file → Decoder → stages → Validator → segments → Muxer → file. Everything before the segments is
 * pulled frame by frame through bounded queues, so decode, inference and encode overlap and memory
 * stays flat whatever the length.
 *
 * @throws UserError, CancelledError; finished segments are kept for a later run.
 */
export async function runVideo(request: JobRequest, context: RunContext): Promise<RunFacts> {
  const { tools, info, signal, events } = context;
  const container = containerOf(request.output);
  if (!container) {
    throw new UserError(
      'unsupported-output',
      `${request.output} names no container that can be written: end it in .mp4, .mov, .mkv, .webm or .avi.`,
    );
  }
  const decoding = decodeFormat(info);
  if (!decoding.supported) throw new UserError('unsupported-input', decoding.reason);
  const notes = [...info.notes, ...decoding.notes];

  const folder = workFolder(request.output);
  const opened = await openStages(request, {
    input: decoding.stream,
    display: info.video,
    backend: request.backend,
    still: false,
    expectedFrames: expectedFrames(request, info),
    chosenBefore: request.resume ? await choicesBefore(folder, await requestIdentity(request, tools)) : [],
    statesBefore: [],
    signal,
    note: (note) => {
      notes.push(note);
      events.note(note);
    },
  });
  try {
    const choices = choicesOf(opened);
    events.chose(choices);
    const output = opened.at(-1)?.plan.output ?? decoding.stream;
    const display = displayOf(opened, info.video);
    const slow = slowOf(opened);
    const encoder = await encoderFor(tools, {
      codec: request.codec,
      stream: output,
      container,
      ...(request.crf === undefined ? {} : { crf: request.crf }),
    });
    if (!encoder.supported) throw new UserError('unsupported-output', encoder.reason);
    notes.push(...encoder.notes);

    const length = segmentLength(output);
    const plans = opened.map((stage) => stage.plan);
    const store = await SegmentStore.open(folder, await jobIdentity(request, tools, length, plans), {
      resume: request.resume,
      choices: plans.map(({ choice }) => choice?.model ?? null),
    });
    try {
      if (store.dropped) events.note('Unfinished work of a different or unwanted earlier run was dropped.');
      if (store.resumed) events.note(`Going on after ${store.frames} finished frames.`);
      const before = store.frames;
      const stopwatch = new Stopwatch();
      if (!store.complete) {
        await writeSegments(request, context, {
          decoding,
          opened,
          encoder: encoder.encoder,
          store,
          display,
          length,
          stopwatch,
          notes,
        });
      }
      if (store.segments.length === 0)
        throw new UserError(
          'no-video',
          `${info.path} has no frames in the chosen range: check --start and --end.`,
        );
      events.finishing();
      notes.splice(0, notes.length, ...new Set([...notes, ...store.notes]));
      const part = store.pathOf(RESULT_PART);
      const muxNotes = await muxResult(tools, {
        segments: store.segments.map((segment) => ({ ...segment, path: store.pathOf(segment.file) })),
        stream: output,
        sampleAspectRatio: display.sampleAspectRatio,
        info,
        part,
        container,
        codec: request.codec,
        ...(request.start === undefined ? {} : { start: request.start }),
        ...(request.end === undefined ? {} : { end: request.end }),
        ...(slow === null ? {} : { slow }),
        signal,
      }).catch(async (error: unknown) => {
        await rm(part, { force: true });
        throw error;
      });
      throwIfCancelled(signal);
      const sizeBytes = (await stat(part)).size;
      await putInPlace(part, request.output, request.overwrite);
      const frames = store.frames;
      await store.remove();
      return {
        width: output.width,
        height: output.height,
        frames,
        framesThisRun: frames - before,
        sizeBytes,
        backend: [...new Set(opened.map((stage) => stage.plan.backend))].join(' + '),
        choices,
        notes: [...new Set([...notes, ...muxNotes])],
        stopwatch,
      };
    } finally {
      await store.unlock();
    }
  } finally {
    for (const { stage } of opened) await stage.close();
  }
}

interface WriteParts {
  readonly decoding: DecodeFormat & { readonly supported: true };
  readonly opened: readonly OpenedStage[];
  readonly encoder: EncoderSpec;
  readonly store: SegmentStore;
  readonly display: Display;
  readonly length: number;
  readonly stopwatch: Stopwatch;
  readonly notes: string[];
}

async function writeSegments(request: JobRequest, context: RunContext, parts: WriteParts): Promise<void> {
  const { tools, info, gate, events } = context;
  const { opened, store, stopwatch, notes } = parts;
  const { stream } = parts.decoding;
  // A failure anywhere stops the rest of the pipeline, as a cancel does.
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const validator = new Validator();
  const output = opened.at(-1)?.plan.output ?? stream;
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

  const tapped = tap(stopwatch.iterate('decode', decoder), (frame) => {
    validator.saw(frame);
  });
  let frames: AsyncIterable<Frame> = buffered(tapped, AHEAD);
  const plain = firstPlainStage(opened);
  opened.forEach(({ stage }, index) => {
    // What is in finished segments was made again only for what comes after it.
    if (last !== undefined && index === plain) frames = later(frames, last.lastPts);
    frames = buffered(stopwatch.iterate(stageLabel(request, index), through(stage, frames)), AHEAD);
  });

  if (last !== undefined && plain === opened.length) frames = later(frames, last.lastPts);

  const writer = new SegmentWriter({
    tools,
    store,
    encoder: parts.encoder,
    stream: output,
    sampleAspectRatio: parts.display.sampleAspectRatio,
    length: parts.length,
    signal,
  });
  try {
    for await (const frame of frames) {
      try {
        await gate.pass();
        throwIfCancelled(signal);
        validator.check(frame, output.width, output.height);
        await stopwatch.time('encode', () => writer.write(frame));
      } finally {
        frame.release();
      }
      events.wrote(writer.framesTotal, writer.framesThisRun, writer.bytes, stopwatch);
    }
    throwIfCancelled(context.signal);
    await stopwatch.time('encode', () => writer.finish());
    notes.push(...decoder.notes());
    await store.finish([...new Set(notes)]);
  } catch (error) {
    stop.abort();
    await writer.abort();
    // What fails because the rest was stopped tells nothing: a cancel is a cancel.
    if (context.signal.aborted) throw new CancelledError();
    throw error;
  }
}

function stageLabel(request: JobRequest, index: number): string {
  const kind = request.stages[index]?.kind ?? 'stage';
  const same = request.stages.slice(0, index).filter((stage) => stage.kind === kind).length;
  return same === 0 ? kind : `${kind} ${same + 1}`;
}

async function* tap(source: AsyncIterable<Frame>, look: (frame: Frame) => void): AsyncGenerator<Frame> {
  for await (const frame of source) {
    look(frame);
    yield frame;
  }
}
