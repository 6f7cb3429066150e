import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, parse, relative, resolve } from 'node:path';
import {
  contourFormat,
  isMediaFile,
  isStillFile,
  resultExtension,
  segmentOf,
  UserError,
  type JobRequest,
} from '../../shared';

/**
 * The jobs that requests mean. One request means itself where its input is a file; where it is a folder, one job for every
 * media file in it (recursively; hidden files and folders, and links to folders, are left out), with the same tree under the
 * output folder. Several share an output folder, in which each result gets its input's name.
 *
 * @throws UserError no-such-file, no-media, output-is-input, output-not-writable, bad-usage
 */
export async function planJobs(requests: readonly JobRequest[]): Promise<readonly JobRequest[]> {
  const jobs: JobRequest[] = [];
  const alone = requests.length === 1;
  for (const request of alone ? requests : withoutRepeats(requests))
    jobs.push(...(alone ? await planOne(request) : await planAmongOthers(request)));
  return withoutCollisions(jobs);
}

/** The same input, named twice, is meant once. */
function withoutRepeats(requests: readonly JobRequest[]): Iterable<JobRequest> {
  return new Map(requests.map((request) => [resolve(request.input), request])).values();
}

/** The jobs of one of several requests. */
async function planAmongOthers(request: JobRequest): Promise<readonly JobRequest[]> {
  const { input, output } = request;
  checkOneFile(request, 'there are several inputs');
  if (!(await isFolder(output)) && !/[\\/]$/.test(output) && extname(output) !== '')
    throw new UserError(
      'bad-usage',
      `${output} is one file, and there are several inputs: name a folder for their results, such as ${output.slice(0, -extname(output).length)}/.`,
    );
  const name = (await isFolder(input)) ? basename(resolve(input)) : resultName(input, request);
  return planOne({ ...request, output: join(output, name) }, output);
}

/** @param shared the folder that results go to, where the output is but a part of it */
async function planOne(request: JobRequest, shared = request.output): Promise<readonly JobRequest[]> {
  const found = await stat(request.input).catch((cause: unknown) => {
    // Of what can't be read the job itself will say so.
    if (['EACCES', 'EPERM'].includes((cause as NodeJS.ErrnoException).code ?? '')) return null;
    throw new UserError('no-such-file', `There is no file or folder ${request.input}: check the name.`, {
      cause,
    });
  });
  if (!found?.isDirectory()) return [{ ...request, output: await outputFileFor(request) }];

  const from = resolve(request.input);
  const to = resolve(request.output);
  if (to === from) {
    throw new UserError(
      'output-is-input',
      `${request.output} is the input folder itself: choose another output folder.`,
    );
  }
  const existing = await stat(to).catch(() => null);
  if (existing && !existing.isDirectory()) {
    throw new UserError(
      'output-not-writable',
      `${request.output} is a file, but the input is a folder: name an output folder.`,
    );
  }
  checkOneFile(request, `${request.input} is a folder`);
  const jobs: JobRequest[] = [];
  // An output folder inside the input must not feed on itself.
  for await (const file of mediaFiles(from, resolve(shared))) {
    const target = join(to, dirname(relative(from, file)), resultName(file, request));
    jobs.push({ ...request, input: file, output: target });
  }
  if (jobs.length === 0) {
    throw new UserError('no-media', `${request.input} holds no video or image: choose another folder.`);
  }
  return jobs;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

/** Contours in a file by name are those of one result. */
function checkOneFile({ stages }: JobRequest, why: string): void {
  const contours = segmentOf(stages)?.contours;
  if (contours !== undefined && contourFormat(contours) !== contours) {
    throw new UserError(
      'bad-usage',
      `${contours} is one file, and ${why}: say --contours ${contourFormat(contours) ?? 'json'} for one beside each result.`,
    );
  }
}

/**
 * A file job's output may be a folder that is there or whose name ends in a slash: the result then gets the input's
 * name there, and a cut-out of a video, which may also name a folder that is to be made, becomes numbered pictures.
 */
async function outputFileFor(request: JobRequest): Promise<string> {
  const { input, output, stages } = request;
  const pictures = segmentOf(stages)?.output === 'cutout' && !isStillFile(input);
  const found = await stat(output).catch(() => null);
  const folder = found?.isDirectory() === true || /[\\/]$/.test(output);
  if (pictures && (folder || (!found && extname(output) === ''))) return join(output, NUMBERED_PICTURES);
  return folder ? join(output, resultName(input, request)) : output;
}

/** Names of pictures in a folder, which editing programs read as a sequence. */
const NUMBERED_PICTURES = '%05d.png';

/** Name of the result of `file` in a mirrored tree: its own, but for the extension where the codec needs another. */
function resultName(file: string, { codec, stages }: JobRequest): string {
  const extension = extname(file);
  const wanted = resultExtension(file, codec, stages);
  return extension.slice(1).toLowerCase() === wanted
    ? basename(file)
    : `${basename(file, extension)}.${wanted}`;
}

/** Media files in a folder and those below it, in order of their names. A folder that can't be read stands for itself: its job says so. */
async function* mediaFiles(folder: string, except: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (!entries) yield folder;
  for (const entry of entries?.toSorted((a, b) => (a.name < b.name ? -1 : 1)) ?? []) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (path === except) continue;
    if (entry.isDirectory()) yield* mediaFiles(path, except);
    else if (isMediaFile(entry.name) && (await isFile(entry, path))) yield path;
  }
}

/** True for files and for links to them; links to folders could lead round in circles. */
async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

/**
 * Two inputs that differ only in extension get the whole input name into their results' names; those of the same name, from
 * several folders, a number.
 */
function withoutCollisions(jobs: readonly JobRequest[]): JobRequest[] {
  const counts = new Map<string, number>();
  for (const { output } of jobs) counts.set(output, (counts.get(output) ?? 0) + 1);
  const taken = new Set<string>();
  return jobs.map((job) => {
    const { dir, base, ext } = parse(job.output);
    const same = (counts.get(job.output) ?? 0) > 1 && base !== basename(job.input);
    const wanted = same ? join(dir, `${basename(job.input)}${ext}`) : job.output;
    const output = free(wanted, taken);
    taken.add(output);
    return output === job.output ? job : { ...job, output };
  });
}

/** `path`, or with the first number from 2 on that makes it one that isn't taken. */
function free(path: string, taken: ReadonlySet<string>): string {
  const { dir, name, ext } = parse(path);
  for (let number = 2, found = path; ; number++) {
    if (!taken.has(found)) return found;
    found = join(dir, `${name} (${number})${ext}`);
  }
}
