import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { isMediaFile, resultExtension, UserError, type JobRequest } from '../../shared';

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
    const target = join(to, dirname(relative(from, file)), resultName(file, request.codec));
    jobs.push({ ...request, input: file, output: target });
  }
  if (jobs.length === 0) {
    throw new UserError('no-media', `${request.input} holds no video or image: choose another folder.`);
  }
  return withoutCollisions(jobs);
}

/** A file job's output may be an existing folder: the result then gets the input's name there. */
async function outputFileFor(request: JobRequest): Promise<string> {
  const found = await stat(request.output).catch(() => null);
  if (!found?.isDirectory() && !/[\\/]$/.test(request.output)) return request.output;
  return join(request.output, resultName(request.input, request.codec));
}

/** Name of the result of `file` in a mirrored tree: its own, but for the extension where the codec needs another. */
function resultName(file: string, codec: JobRequest['codec']): string {
  const extension = extname(file);
  const wanted = resultExtension(file, codec);
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
