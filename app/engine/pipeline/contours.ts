import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CancelledError, contourFormat, segmentOf, type JobRequest, type SegmentClasses } from '../../shared';
import { diskFull, isFull } from '../media';
import { animatedSvg, cocoDocument, svgOfEach, type ContourTarget, type FoundRecord } from '../stages';
import { isNumbered, numberedName } from './numbered-files';
import { putInPlace } from './result-file';
import type { Written } from './targets/target';

/** Where contours go beside a job's result, or null where nobody wants them, or they are the result itself. */
export function contoursBeside({ output, stages }: Pick<JobRequest, 'output' | 'stages'>): string | null {
  const wish = segmentOf(stages)?.contours;
  if (wish === undefined) return null;
  const path = wish === contourFormat(wish) ? besideOf(output, wish) : wish;
  return resolve(path) === resolve(output) ? null : path;
}

function besideOf(output: string, format: string): string {
  const name = basename(output, extname(output));
  // Numbered pictures have no name of their own to share.
  return join(dirname(output), `${isNumbered(name) ? 'contours' : name}.${format}`);
}

/** A document to write. */
export interface ContourJob {
  /** Where it goes: .json, or .svg, for all frames or, numbered, for each. */
  readonly path: string;
  readonly overwrite: boolean;
  /** What was found in all frames, in order; may be read more than once. */
  readonly records: () => AsyncIterable<FoundRecord>;
  readonly target: ContourTarget;
  readonly classes: SegmentClasses;
  /** Work folder. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A document that lies complete in the work folder and waits for its name. */
export interface PreparedContours {
  readonly put: () => Promise<Written>;
}

/** @throws UserError disk-full, CancelledError */
export async function prepareContours(job: ContourJob): Promise<PreparedContours> {
  if (isNumbered(basename(job.path))) return prepareEach(job);
  const { path, overwrite, folder, signal } = job;
  const part = join(folder, 'contours.part');
  await write(part, documentOf(job), signal);
  return {
    put: async () => {
      const sizeBytes = (await stat(part)).size;
      await putInPlace(part, path, overwrite);
      return { files: [path], sizeBytes, notes: [] };
    },
  };
}

async function prepareEach(job: ContourJob): Promise<PreparedContours> {
  const { path, overwrite, signal } = job;
  const made = join(job.folder, 'contours.parts');
  await rm(made, { recursive: true, force: true });
  await mkdir(made);
  const names: string[] = [];
  let sizeBytes = 0;
  for await (const { index, document } of svgOfEach(job.records(), job.target)) {
    const name = numberedName(basename(path), index + 1);
    await write(join(made, name), [document], signal);
    sizeBytes += Buffer.byteLength(document);
    names.push(name);
  }
  return {
    put: async () => {
      for (const name of names) await putInPlace(join(made, name), join(dirname(path), name), overwrite);
      return { files: names.map((name) => join(dirname(path), name)), sizeBytes, notes: [] };
    },
  };
}

function documentOf({ path, records, target, classes }: ContourJob): AsyncIterable<string> {
  if (contourFormat(path) === 'svg') return animatedSvg(records(), target);
  return cocoDocument(records, target, classes === 'all' ? null : classes);
}

async function write(
  path: string,
  pieces: AsyncIterable<string> | Iterable<string>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), createWriteStream(path), { signal });
  } catch (cause) {
    if (signal.aborted) throw new CancelledError();
    if (await isFull(path)) throw diskFull(dirname(dirname(path)), cause);
    throw cause;
  }
}
