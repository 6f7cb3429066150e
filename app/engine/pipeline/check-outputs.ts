import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError, type JobRequest } from '../../shared';
import { contoursBeside } from './contours';
import { isNumbered, numberPattern } from './numbered-files';
import { checkOutput } from './result-file';

/**
 * Checks before any work that all that a job writes can be put where it belongs.
 * @throws UserError output-is-input, output-exists, output-not-writable
 */
export async function checkOutputs(request: JobRequest): Promise<void> {
  const { input, output, overwrite } = request;
  const beside = contoursBeside(request);
  for (const path of [output, ...(beside === null ? [] : [beside])]) {
    await checkOutput(input, path, overwrite);
    if (!overwrite && isNumbered(basename(path))) await checkNumbered(path);
  }
}

async function checkNumbered(path: string): Promise<void> {
  const own = numberPattern(basename(path));
  const found = (await readdir(dirname(path))).find((name) => own.test(name));
  if (found !== undefined)
    throw new UserError(
      'output-exists',
      `${join(dirname(path), found)} exists already: choose another folder, or pass --overwrite to replace what ${path} stands for.`,
    );
}
