import { access, constants, link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../shared';

/** The result is put together under this name in the work folder, so that the last step is a rename on one disk. */
export const RESULT_PART = 'result.part';

/**
 * Checks before any work that the result can be put at `output`; makes its folder.
 * @throws UserError output-is-input, output-exists, output-not-writable
 */
export async function checkOutput(input: string, output: string, overwrite: boolean): Promise<void> {
  const target = resolve(output);
  const found = await stat(target).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'ENAMETOOLONG') return null;
    throw new UserError(
      'output-not-writable',
      `${basename(target)} is too long a name: choose a shorter one.`,
      {
        cause,
      },
    );
  });
  if (found?.isDirectory()) {
    throw new UserError('output-not-writable', `${output} is a folder: give the output a file name.`);
  }
  if (found && (await realpath(target)) === (await realpath(input).catch(() => input))) {
    throw new UserError(
      'output-is-input',
      `${output} is the input itself: choose another output, the input is never changed.`,
    );
  }
  if (found && !overwrite) {
    throw new UserError(
      'output-exists',
      `${output} exists already: choose another name, or pass --overwrite to replace it.`,
    );
  }
  const folder = dirname(target);
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    // Root passes access() on a read-only disk: only writing tells.
    const probe = join(folder, `.clearcut-${process.pid}-${Math.random().toString(36).slice(2)}`);
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC')
      throw new UserError(
        'disk-full',
        `The disk of ${folder} is full: free some space or choose another folder.`,
        { cause },
      );
    throw new UserError('output-not-writable', `Can't write in ${folder}: choose another output folder.`, {
      cause,
    });
  }
}

/**
 * Makes `folder` and the folders above it that are missing. One by one: Node's recursive mkdir never
 * ends where a file system refuses a folder with ENOENT although its parent is there (/proc does).
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    const parent = dirname(folder);
    if (code !== 'ENOENT' || parent === folder || (await stat(parent).catch(() => null))) throw error;
    await makeFolder(parent);
    await mkdir(folder);
  }
}

/** Gives the finished file its name in one step. Without `overwrite` a file that appeared meanwhile is left alone. */
export async function putInPlace(part: string, output: string, overwrite: boolean): Promise<void> {
  const handle = await open(part, 'r+');
  await handle.sync();
  await handle.close();
  if (overwrite) {
    await rename(part, output);
    return;
  }
  try {
    // link() fails where the name is taken, which rename() would not.
    await link(part, output);
    await rm(part);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') {
      throw new UserError(
        'output-exists',
        `${output} appeared while the job ran: start again with another name, or with --overwrite. Finished work is kept.`,
        { cause },
      );
    }
    // File systems without hard links (exFAT): the name was free a moment ago.
    await rename(part, output);
  }
}
