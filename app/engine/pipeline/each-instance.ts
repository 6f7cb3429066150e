import { mkdir, readdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { segmentOf, UserError, type JobRequest, type SegmentRequest, type StageRequest } from '../../shared';
import { instancesOf } from '../stages';
import { contoursBeside } from './contours';
import { foundFile, foundRecords } from './found-file';
import { isNumbered } from './numbered-files';
import { choicesOf, displayOf, slowOf } from './open-stages';
import type { RunFacts } from './run-events';
import {
  backendOf,
  decodable,
  nothingFound,
  openAll,
  openStore,
  runVideo,
  type RunContext,
} from './run-video';
import { segmentLength } from './segment-length';
import type { SegmentStore } from './segment-store';
import { Stopwatch } from './stopwatch';
import type { TargetContext } from './targets/target';
import { prepareVideoContours } from './video-contours';
import { writeSegments } from './write-segments';

/** Files that a job makes at most: each takes a pass over the whole video. */
export const MOST_INSTANCE_FILES = 64;
/** In the work folder: the tracks whose files are finished. */
const FINISHED = 'finished.json';
const finishedSchema = z.array(z.int().positive());

/** The result of one track beside `output`: `OUT-3.mov`, or a folder of its own for numbered pictures. */
export function instanceOutput(output: string, track: number): string {
  if (isNumbered(basename(output))) return join(`${dirname(output)}-${track}`, basename(output));
  const extension = extname(output);
  return join(dirname(output), `${basename(output, extension)}-${track}${extension}`);
}

/**
 * One result for each object. The first pass only looks what is where, the others take it from there; each is a job
 * that can go on by itself.
 *
 * @throws UserError, CancelledError; finished work is kept for a later run
 */
export async function runEachInstance(request: JobRequest, context: RunContext): Promise<RunFacts> {
  const segment = segmentOf(request.stages);
  if (!segment) throw new Error('Expected a stage that cuts out.');
  const { info, signal, events } = context;
  const looking = {
    ...request,
    // Its work folder is none of the results'.
    output: `${request.output}.objects`,
    stages: lookingStages(request.stages, segment),
  };
  const decoding = decodable(info, request);
  const notes = [...info.notes, ...decoding.notes];
  const opened = await openAll(looking, context, decoding, (note) => {
    notes.push(note);
    events.note(note);
  });
  try {
    events.chose(choicesOf(opened));
    const stream = opened.at(-1)?.plan.output ?? decoding.stream;
    const store = await openStore(looking, context, opened, stream);
    try {
      const finished = await finishedTracks(store);
      await checkOutputs(request, finished);
      const stopwatch = new Stopwatch();
      if (!store.complete)
        await writeSegments(looking, {
          ...context,
          ...{ decoding, opened, store, stopwatch, notes },
          files: [foundFile(true)],
          length: segmentLength(stream),
        });
      notes.push(...store.notes);
      const whole: TargetContext = {
        ...{ tools: context.tools, info, request, signal, stream },
        display: displayOf(opened, info.video),
        slow: slowOf(opened),
      };
      const beside = contoursBeside(request);
      const contours = beside === null ? null : await prepareVideoContours(beside, store, whole);
      const facts = await passes(request, segment, { context, store, finished, notes });
      const more = await contours?.put();
      await store.remove();
      // Every track's pictures have a folder of their own.
      if (isNumbered(basename(request.output))) await rmdir(dirname(request.output)).catch(() => undefined);
      return {
        ...facts,
        files: [...facts.files, ...(more?.files ?? [])],
        backend: backendOf(opened),
        choices: choicesOf(opened),
        notes: [...new Set([...notes, ...facts.notes])],
      };
    } finally {
      await store.unlock();
    }
  } finally {
    for (const { stage } of opened) await stage.close();
  }
}

/** The stages up to the one that looks, which only looks. */
function lookingStages(stages: readonly StageRequest[], segment: SegmentRequest): readonly StageRequest[] {
  const { kind, classes, instances, objects, minScore, quality, model } = segment;
  const looking: SegmentRequest = {
    ...{ kind, classes, output: 'json' },
    ...(instances === undefined ? {} : { instances }),
    ...(objects === undefined ? {} : { objects }),
    ...(minScore === undefined ? {} : { minScore }),
    ...(quality === undefined ? {} : { quality }),
    ...(model === undefined ? {} : { model }),
  };
  return [...stages.slice(0, stages.indexOf(segment)), looking];
}

interface Passes {
  readonly context: RunContext;
  readonly store: SegmentStore;
  /** Tracks whose files an earlier run finished. */
  readonly finished: number[];
  readonly notes: string[];
}

async function passes(
  request: JobRequest,
  segment: SegmentRequest,
  { context, store, finished, notes }: Passes,
): Promise<RunFacts> {
  const { events } = context;
  const all = await tracksOf(store);
  const tracks = all.slice(0, MOST_INSTANCE_FILES);
  if (all.length > tracks.length)
    notes.push(
      `${all.length} objects were found: files were made of the ${tracks.length} that are seen longest. Choose others with --instances.`,
    );
  if (tracks.length === 0) notes.push(nothingFound(segment));
  const foundBefore = {
    identity: store.identity.frames,
    instances: async function* () {
      for await (const record of foundRecords(store)) yield instancesOf(record);
    },
  };
  // Where there is no object, the result is that of none.
  const wanted = tracks.length > 0 ? tracks.toSorted((a, b) => a - b) : [null];
  let before = store.frames;
  events.expects(store.frames * (1 + wanted.length));
  let facts: RunFacts | null = null;
  const files: string[] = [];
  let sizeBytes = 0;
  let framesThisRun = 0;
  for (const track of wanted) {
    const output = track === null ? request.output : instanceOutput(request.output, track);
    if (track !== null && finished.includes(track)) {
      before += store.frames;
      files.push(output);
      continue;
    }
    await mkdir(dirname(output), { recursive: true });
    const own = { ...request, output, stages: stagesOfTrack(request.stages, segment, track) };
    facts = await runVideo(own, {
      ...context,
      foundBefore,
      events: {
        ...events,
        chose: () => undefined,
        wrote: (frames, thisRun, closed, stopwatch) => {
          events.wrote(before + frames, framesThisRun + thisRun, closed, stopwatch);
        },
      },
    });
    before += facts.frames;
    framesThisRun += facts.framesThisRun;
    files.push(...facts.files);
    sizeBytes += facts.sizeBytes;
    if (track !== null) await keepFinished(store, [...finished, track]);
    if (track !== null) finished.push(track);
  }
  if (facts) return { ...facts, files, sizeBytes, framesThisRun };
  throw new UserError(
    'output-exists',
    `All files of ${request.output} are there already: pass --no-resume --overwrite to make them again.`,
  );
}

/** Tracks by how long they are seen, the longest first. */
async function tracksOf(store: SegmentStore): Promise<number[]> {
  const frames = new Map<number, number>();
  for await (const { objects } of foundRecords(store))
    for (const { track } of objects ?? []) frames.set(track, (frames.get(track) ?? 0) + 1);
  return [...frames].sort(([a, x], [b, y]) => y - x || a - b).map(([track]) => track);
}

function stagesOfTrack(
  stages: readonly StageRequest[],
  segment: SegmentRequest,
  track: number | null,
): readonly StageRequest[] {
  const own = { ...segment };
  delete own.perInstance;
  delete own.contours;
  delete own.instances;
  delete own.objects;
  if (track !== null) own.instances = [track];
  return stages.map((stage) => (stage === segment ? own : stage));
}

/** @throws UserError output-exists for files of tracks that this job would write over */
async function checkOutputs({ output, overwrite }: JobRequest, finished: readonly number[]): Promise<void> {
  if (overwrite) return;
  const one = instanceOutput(output, 0);
  // Of numbered pictures each track has a folder.
  const sample = isNumbered(basename(output)) ? dirname(one) : one;
  const extension = isNumbered(basename(output)) ? '' : extname(output);
  const stem = basename(sample, extension).slice(0, -1);
  const names = await readdir(dirname(sample)).catch(() => []);
  for (const name of names) {
    const number = name.startsWith(stem) && name.endsWith(extension) ? trackIn(name, stem, extension) : null;
    if (number !== null && !finished.includes(number))
      throw new UserError(
        'output-exists',
        `${join(dirname(sample), name)} exists already: choose another name, or pass --overwrite to replace it.`,
      );
  }
}

function trackIn(name: string, stem: string, extension: string): number | null {
  const digits = name.slice(stem.length, name.length - extension.length);
  return /^[1-9]\d*$/.test(digits) ? Number(digits) : null;
}

async function finishedTracks(store: SegmentStore): Promise<number[]> {
  if (!store.resumed) return [];
  try {
    return finishedSchema.parse(JSON.parse(await readFile(store.pathOf(FINISHED), 'utf8')));
  } catch {
    return [];
  }
}

async function keepFinished(store: SegmentStore, tracks: readonly number[]): Promise<void> {
  const path = store.pathOf(FINISHED);
  await writeFile(`${path}.part`, JSON.stringify(tracks));
  await rename(`${path}.part`, path);
}
