import { open, rm } from 'node:fs/promises';
import { UserError } from '../../shared';
import { ToolFailure } from './child';

/** What to tell of a full disk that holds `folder`. */
export function diskFull(folder: string, cause: unknown): UserError {
  const why =
    cause instanceof ToolFailure && cause.tooLarge
      ? `${folder} takes no file of that size (on many sticks and cards it ends at 4 GB): choose a folder on another disk.`
      : `The disk of ${folder} is full: free some space and start again; finished work is kept.`;
  return new UserError('disk-full', why, { cause });
}

/** True if the disk has no room beside `path`: ffmpeg doesn't always say why it could not write. */
export async function isFull(path: string): Promise<boolean> {
  const probe = `${path}.room`;
  try {
    const file = await open(probe, 'w');
    try {
      await file.write(Buffer.alloc(65_536));
      await file.sync();
    } finally {
      await file.close();
    }
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOSPC' || code === 'EDQUOT';
  } finally {
    await rm(probe, { force: true });
  }
}

/** Puts a file's or a folder's content safely on the disk (Windows refuses this for folders, and needs it less). */
export async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
