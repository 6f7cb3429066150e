import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled, UserError, type JobRequest, type MediaInfo } from '../../shared';
import type { Frame, Stage } from '../frames';
import { readStill, writeStill, type MediaTools } from '../media';
import { choicesOf, openStages } from './open-stages';
import { putInPlace, RESULT_PART } from './result-file';
import type { RunEvents, RunFacts } from './run-video';
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
  const still = await stopwatch.time('decode', () => readStill(info));
  const notes = [...info.notes, ...still.notes];
  const opened = await openStages(request, {
    input: still.frame.stream,
    display: info.video,
    backend: request.backend,
    still: true,
    expectedFrames: 1,
    chosenBefore: [],
    statesBefore: [],
    signal,
    note: (note) => {
      notes.push(note);
      events.note(note);
    },
  });
  const folder = workFolder(request.output);
  try {
    const choices = choicesOf(opened);
    events.chose(choices);
    const output = opened.at(-1)?.plan.output ?? still.frame.stream;
    const validator = new Validator();
    validator.saw(still.frame);
    let frame: Frame = still.frame;
    for (const [index, { stage }] of opened.entries()) {
      frame = await stopwatch.time(request.stages[index]?.kind ?? 'stage', () => only(stage, frame));
    }
    throwIfCancelled(signal);
    validator.check(frame, output.width, output.height);
    events.finishing();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const part = join(folder, RESULT_PART);
    notes.push(...(await stopwatch.time('encode', () => writeStill(frame, still, part, request.output))));
    frame.release();
    throwIfCancelled(signal);
    const sizeBytes = (await stat(part)).size;
    await putInPlace(part, request.output, request.overwrite);
    events.wrote(1, 1, sizeBytes, stopwatch);
    return {
      width: output.width,
      height: output.height,
      frames: 1,
      framesThisRun: 1,
      sizeBytes,
      backend: [...new Set(opened.map((stage) => stage.plan.backend))].join(' + '),
      choices,
      notes: [...new Set(notes)],
      stopwatch,
    };
  } finally {
    for (const { stage } of opened) await stage.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The one frame that a stage makes of one. */
async function only(stage: Stage, frame: Frame): Promise<Frame> {
  for await (const result of stage.process(frame)) return result;
  for await (const result of stage.flush()) return result;
  throw new UserError('unsupported-input', 'This stage needs more than one frame: give it a video.');
}
