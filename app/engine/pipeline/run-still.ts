import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  contourFormat,
  givesContours,
  segmentOf,
  throwIfCancelled,
  UserError,
  type JobRequest,
  type MediaInfo,
} from '../../shared';
import type { FoundBefore, Frame, Instance, Stage } from '../frames';
import { readStill, writeStill, type MediaTools, type Still } from '../media';
import { readRecord, recordLine } from '../stages';
import { contoursBeside, prepareContours, type PreparedContours } from './contours';
import { instanceOutput } from './each-instance';
import { choicesOf, openStages, type OpenedStage } from './open-stages';
import { putInPlace, RESULT_PART } from './result-file';
import type { RunEvents, RunFacts } from './run-events';
import { backendOf, nothingFound } from './run-video';
import { workFolder } from './segment-store';
import { Stopwatch } from './stopwatch';
import { Validator } from './validator';

export interface StillContext {
  readonly tools: MediaTools;
  readonly info: MediaInfo;
  readonly signal: AbortSignal;
  readonly events: RunEvents;
}

/** A still picture through the same stages as a video's frames; colour profile, EXIF and alpha go along. */
export async function runStill(request: JobRequest, context: StillContext): Promise<RunFacts> {
  const { info, signal, events } = context;
  const stopwatch = new Stopwatch();
  const still = await stopwatch.time('decode', () => readStill(context.tools, info));
  const notes = [...info.notes, ...still.notes];
  const segment = segmentOf(request.stages);
  const folder = workFolder(request.output);
  const run: StillRun = { context, still, stopwatch, notes, folder };
  try {
    const made = await make(request, run, still.frame, null);
    events.chose(choicesOf(made.opened));
    throwIfCancelled(signal);
    events.finishing();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (segment && made.found.length === 0) notes.push(nothingFound(segment));
    const contours = await contoursOf(request, run, made.frame);
    const files: string[] = [];
    if (!(segment && givesContours(segment))) {
      const each = segment?.perInstance === true && made.found.length > 0;
      files.push(
        ...(each ? await writeEach(request, run, made.found) : [await write(request, run, made.frame)]),
      );
    }
    const { width, height } = made.frame.stream;
    made.frame.release();
    const beside = await contours?.put();
    files.push(...(beside?.files ?? []));
    const sizeBytes = (await stat(files[0] ?? request.output)).size;
    events.wrote(1, 1, { frames: 1, bytes: sizeBytes }, stopwatch);
    return {
      ...{ files, width, height, sizeBytes },
      ...{ frames: 1, framesThisRun: 1 },
      backend: backendOf(made.opened),
      choices: choicesOf(made.opened),
      notes: [...new Set(notes)],
      stopwatch,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface StillRun {
  readonly context: StillContext;
  readonly still: Still;
  readonly stopwatch: Stopwatch;
  readonly notes: string[];
  readonly folder: string;
}

interface Made {
  readonly frame: Frame;
  readonly found: readonly Instance[];
  /** Closed again. */
  readonly opened: readonly OpenedStage[];
}

/** The picture through all stages. */
async function make(
  request: JobRequest,
  { context, stopwatch, notes }: StillRun,
  input: Frame,
  foundBefore: FoundBefore | null,
): Promise<Made> {
  const { info, signal, events } = context;
  const opened = await openStages(request, {
    input: input.stream,
    display: info.video,
    backend: request.backend,
    still: true,
    expectedFrames: 1,
    chosenBefore: [],
    foundBefore,
    signal,
    note: (note) => {
      notes.push(note);
      events.note(note);
    },
  });
  try {
    const validator = new Validator();
    validator.saw(input);
    let frame = input;
    let content = true;
    for (const [index, { stage, plan }] of opened.entries()) {
      const { width, height } = plan.output;
      frame = await stopwatch.time(request.stages[index]?.kind ?? 'stage', () => only(stage, frame));
      content &&= plan.repaints !== true;
      validator.check(frame, { width, height, content });
    }
    return { frame, found: frame.found?.instances ?? [], opened };
  } finally {
    for (const { stage } of opened) await stage.close();
  }
}

/** Writes a picture and gives its path. */
async function write(request: JobRequest, run: StillRun, frame: Frame): Promise<string> {
  const part = join(run.folder, RESULT_PART);
  run.notes.push(
    ...(await run.stopwatch.time('encode', () => writeStill(frame, run.still, part, request.output))),
  );
  throwIfCancelled(run.context.signal);
  await putInPlace(part, request.output, request.overwrite);
  return request.output;
}

/** A picture of each object; gives their paths. */
async function writeEach(request: JobRequest, run: StillRun, found: readonly Instance[]): Promise<string[]> {
  const files: string[] = [];
  for (const instance of found) {
    const own = { ...request, output: instanceOutput(request.output, instance.track) };
    const { frame: input } = await readStill(run.context.tools, run.context.info);
    const before: FoundBefore = {
      identity: 'the same picture',
      instances: async function* () {
        yield [instance];
      },
    };
    const { frame } = await make(own, run, input, before);
    files.push(await write(own, run, frame));
    frame.release();
  }
  return files;
}

async function contoursOf(
  request: JobRequest,
  { context: { info, signal }, folder }: StillRun,
  frame: Frame,
): Promise<PreparedContours | null> {
  const segment = segmentOf(request.stages);
  const path = segment && givesContours(segment) ? request.output : contoursBeside(request);
  if (path === null || !segment) return null;
  if (segment.contours === undefined && contourFormat(path) !== segment.output)
    throw new UserError(
      'unsupported-output',
      `--output ${segment.output} writes a document: end the output's name in .${segment.output}.`,
    );
  const record = readRecord(recordLine(frame, false));
  const { width, height, timeBase } = frame.stream;
  return prepareContours({
    path,
    overwrite: request.overwrite,
    records: async function* () {
      yield record;
    },
    target: {
      source: basename(info.path),
      width,
      height,
      rotation: info.video.rotation,
      timeBase,
      origin: 0,
    },
    classes: segment.classes,
    folder,
    signal,
  });
}

/** The one frame that a stage makes of one. */
async function only(stage: Stage, frame: Frame): Promise<Frame> {
  for await (const result of stage.process(frame)) return result;
  for await (const result of stage.flush()) return result;
  throw new UserError('unsupported-input', 'This stage needs more than one frame: give it a video.');
}
