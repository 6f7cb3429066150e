import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatSize } from '../../shared';

/** Bytes that may still be written beside a file; null where the disk doesn't tell. */
export async function freeBytesBeside(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(dirname(resolve(path)));
    return bavail * bsize;
  } catch {
    return null;
  }
}

/**
 * What to say where a result of `expected` bytes, of which `written` lie on the disk as segments, won't fit: segments stay
 * until they are joined, so it is there twice for a moment. Null where it fits.
 */
export function shortOfSpace(expected: number, written: number, free: number): string | null {
  if (2 * expected - written <= free) return null;
  return (
    `The disk may fill up: the result will take about ${formatSize(expected)}, twice that for a moment, and ${formatSize(free)} ` +
    'is free. If it does, make room and start the job again: it goes on where it stopped.'
  );
}
