import { segmentOf, UserError, type JobRequest, type MediaInfo, type SegmentRequest } from '../../shared';
import type { FoundBefore, StreamFormat } from '../frames';
import { decodeFormat, type DecodeFormat, type MediaTools } from '../media';
import { contoursBeside } from './contours';
import { plannedFrames } from './expected-frames';
import { foundFile } from './found-file';
import type { Gate } from './gate';
import { jobIdentity, requestIdentity } from './identity';
import { choicesOf, displayOf, openStages, slowOf, type OpenedStage } from './open-stages';
import type { RunEvents, RunFacts } from './run-events';
import { choicesBefore, SegmentStore, workFolder } from './segment-store';
import { segmentLength } from './segment-length';
import { Stopwatch } from './stopwatch';
import { chooseTarget } from './targets/choose-target';
import type { Target, TargetContext, Written } from './targets/target';
import { prepareVideoContours } from './video-contours';
import { writeSegments } from './write-segments';

export interface RunContext {
  readonly tools: MediaTools;
  readonly info: MediaInfo;
  readonly signal: AbortSignal;
  readonly gate: Gate;
  readonly events: RunEvents;
  /** What an earlier pass over the same frames found. */
  readonly foundBefore?: FoundBefore;
}

/**
 * file → Decoder → stages → Validator → segments → target → file. Everything before the segments is
 * pulled frame by frame through bounded queues, so decode, inference and encode overlap and memory
 * stays flat whatever the length.
 *
 * @throws UserError, CancelledError; finished segments are kept for a later run.
 */
export async function runVideo(request: JobRequest, context: RunContext): Promise<RunFacts> {
  const { info, signal, events } = context;
  const decoding = decodable(info, request);
  const notes = [...info.notes, ...decoding.notes];
  const opened = await openAll(request, context, decoding, (note) => {
    notes.push(note);
    events.note(note);
  });
  try {
    const choices = choicesOf(opened);
    events.chose(choices);
    const whole: TargetContext = {
      ...{ tools: context.tools, info, request, signal },
      stream: opened.at(-1)?.plan.output ?? decoding.stream,
      display: displayOf(opened, info.video),
      slow: slowOf(opened),
    };
    const target = await chooseTarget(whole);
    notes.push(...target.notes);
    const store = await openStore(request, context, opened, whole.stream);
    try {
      const before = store.frames;
      const stopwatch = new Stopwatch();
      const parts = { ...context, decoding, opened, store, target, whole, stopwatch, notes };
      const written = await run(request, parts);
      const frames = store.frames;
      await store.remove();
      return {
        ...factsOf(written, whole.stream),
        frames,
        framesThisRun: frames - before,
        backend: backendOf(opened),
        choices,
        notes: [...new Set([...notes, ...written.notes])],
        stopwatch,
      };
    } finally {
      await store.unlock();
    }
  } finally {
    for (const { stage } of opened) await stage.close();
  }
}

/** How the frames of a video are decoded. @throws UserError unsupported-input */
export function decodable(
  info: MediaInfo,
  { deinterlace }: Pick<JobRequest, 'deinterlace'>,
): DecodeFormat & { readonly supported: true } {
  const decoding = decodeFormat(info, deinterlace);
  if (!decoding.supported) throw new UserError('unsupported-input', decoding.reason);
  return decoding;
}

/** The request's stages, with what an unfinished run of it left for them. */
export async function openAll(
  request: JobRequest,
  { tools, info, signal, foundBefore }: RunContext,
  decoding: DecodeFormat & { readonly supported: true },
  note: (text: string) => void,
): Promise<OpenedStage[]> {
  const chosenBefore = request.resume
    ? await choicesBefore(workFolder(request.output), await requestIdentity(request, tools))
    : [];
  return openStages(request, {
    input: decoding.stream,
    display: info.video,
    backend: request.backend,
    still: false,
    expectedFrames: plannedFrames(request, info),
    chosenBefore,
    foundBefore: foundBefore ?? null,
    signal,
    note,
  });
}

/** The work folder, with what an earlier run of the same job left. */
export async function openStore(
  request: JobRequest,
  { tools, events }: Pick<RunContext, 'tools' | 'events'>,
  opened: readonly OpenedStage[],
  stream: StreamFormat,
): Promise<SegmentStore> {
  const plans = opened.map((stage) => stage.plan);
  const identity = await jobIdentity(request, tools, segmentLength(stream), plans);
  const store = await SegmentStore.open(workFolder(request.output), identity, {
    resume: request.resume,
    choices: plans.map(({ choice }) => choice?.model ?? null),
  });
  if (store.dropped) events.note('Unfinished work of a different or unwanted earlier run was dropped.');
  if (store.resumed) events.note(`Going on after ${store.frames} finished frames.`);
  opened.forEach(({ stage }, index) => {
    const state = store.states[index];
    if (state) stage.goOn?.(state);
  });
  return store;
}

/** Where stages compute, each place once. */
export function backendOf(opened: readonly OpenedStage[]): string {
  return [...new Set(opened.map((stage) => stage.plan.backend))].join(' + ');
}

interface RunParts extends RunContext {
  readonly decoding: DecodeFormat & { readonly supported: true };
  readonly opened: readonly OpenedStage[];
  readonly store: SegmentStore;
  readonly target: Target;
  readonly whole: TargetContext;
  readonly stopwatch: Stopwatch;
  readonly notes: string[];
}

async function run(request: JobRequest, parts: RunParts): Promise<Written> {
  const { store, events, info, notes, target, whole } = parts;
  const beside = contoursBeside(request);
  const segment = segmentOf(request.stages);
  // A result without files of its own is made of what was found.
  const keepsFound = beside !== null || target.files.length === 0;
  if (!store.complete) {
    const files = [...target.files, ...(keepsFound ? [foundFile(false)] : [])];
    await writeSegments(request, { ...parts, files, length: segmentLength(whole.stream) });
  }
  if (store.segments.length === 0)
    throw new UserError(
      'no-video',
      `${info.path} has no frames in the chosen range: check --start and --end.`,
    );
  events.finishing();
  notes.splice(0, notes.length, ...new Set([...notes, ...store.notes]));
  if (segment && store.objects === 0) notes.push(nothingFound(segment));
  const contours = beside === null ? null : await prepareVideoContours(beside, store, whole);
  const written = await target.finish(store);
  const more = await contours?.put();
  return {
    files: [...written.files, ...(more?.files ?? [])],
    sizeBytes: written.sizeBytes,
    notes: [...written.notes, ...(more?.notes ?? [])],
  };
}

/** What to tell where no object was found. */
export function nothingFound({ classes, instances, minScore }: SegmentRequest): string {
  const wanted = classes === 'all' ? 'object' : classes.join(' or ');
  if (instances !== undefined && instances !== 'main')
    return `No ${wanted} with the number ${instances.join(' or ')} was found: look the numbers up with --output overlay, with otherwise the same options.`;
  return `No ${wanted} was found${minScore === undefined ? '' : ` with a score of ${minScore} or more`}: nothing is outlined or cut out.`;
}

/** What is told of a result that was written. */
export function factsOf(
  { files, sizeBytes }: Written,
  { width, height }: StreamFormat,
): Pick<RunFacts, 'files' | 'sizeBytes' | 'width' | 'height'> {
  return { files, sizeBytes, width, height };
}
