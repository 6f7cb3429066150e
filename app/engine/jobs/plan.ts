import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
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
 * The jobs that a request means: itself where its input is a file; where it is a folder, one for
 * every media file in it (recursively; hidden files and folders are left out), with the same tree
 * under the output folder.
 *
 * @throws UserError no-such-file, no-media, output-is-input
 */
export async function planJobs(request: JobRequest): Promise<readonly JobRequest[]> {
  const found = await stat(request.input).catch((cause: unknown) => {
    throw new UserError('no-such-file', `There is no file or folder ${request.input}: check the name.`, {
      cause,
    });
  });
  if (!found.isDirectory()) return [{ ...request, output: await outputFileFor(request) }];

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
  const jobs: JobRequest[] = [];
  // An output folder inside the input must not feed on itself.
  for await (const file of mediaFiles(from, to)) {
    const target = join(to, dirname(relative(from, file)), resultName(file, request));
    jobs.push({ ...request, input: file, output: target });
  }
  const contours = segmentOf(request.stages)?.contours;
  if (contours !== undefined && contourFormat(contours) !== contours) {
    throw new UserError(
      'bad-usage',
      `${contours} is one file, and ${request.input} is a folder: say --contours ${contourFormat(contours) ?? 'json'} for one beside each result.`,
    );
  }
  if (jobs.length === 0) {
    throw new UserError('no-media', `${request.input} holds no video or image: choose another folder.`);
  }
  return withoutCollisions(jobs);
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

async function* mediaFiles(folder: string, except: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (path === except) continue;
    if (entry.isDirectory()) yield* mediaFiles(path, except);
    else if (entry.isFile() && isMediaFile(entry.name)) yield path;
  }
}

/** Two inputs that differ only in extension get the whole input name into their results' names. */
function withoutCollisions(jobs: readonly JobRequest[]): JobRequest[] {
  const counts = new Map<string, number>();
  for (const job of jobs) counts.set(job.output, (counts.get(job.output) ?? 0) + 1);
  return jobs.map((job) =>
    (counts.get(job.output) ?? 0) > 1
      ? { ...job, output: join(dirname(job.output), `${basename(job.input)}${extname(job.output)}`) }
      : job,
  );
}
