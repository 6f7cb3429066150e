import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMediaFile, isStillFile } from '../../media';
import { UserError } from '../../../shared';

/** How motion blur is made of sharp frames: the mean of `window` (odd), one every `step` (even) frames. */
export interface Blur {
  readonly window: number;
  readonly step: number;
}

/** A clip to measure on. */
export interface TestClip {
  readonly name: string;
  readonly path: string;
  /** Null for a clip that is taken as it is. */
  readonly blur: Blur | null;
}

export const INDEX = 'index.tsv';

/**
 * The clips of a folder: where its index.tsv has the columns file, blur_window and blur_step, those, to be
 * blurred; else all videos in it, by name. None is no error.
 * @throws UserError no-such-file (a file of the index), unsupported-input (what an index says), naming the place
 */
export async function clipsIn(directory: string): Promise<readonly TestClip[]> {
  const names = (await readdir(directory)).sort();
  const listed = names.includes(INDEX) ? await blurredClips(directory, names) : null;
  return (
    listed ??
    names
      .filter((name) => isMediaFile(name) && !isStillFile(name) && !name.startsWith('.'))
      .map((name) => ({ name, path: join(directory, name), blur: null }))
  );
}

async function blurredClips(
  directory: string,
  names: readonly string[],
): Promise<readonly TestClip[] | null> {
  const path = join(directory, INDEX);
  const [head = [], ...rows] = (await readFile(path, 'utf8'))
    .split(/\r?\n/)
    .map((line) => line.split('\t'))
    .filter((cells) => cells.length > 1);
  const column = (name: string): number => head.indexOf(name);
  if (column('blur_window') < 0 || column('blur_step') < 0) return null;
  if (column('file') < 0)
    throw new UserError('unsupported-input', `${path} has no column "file": add one with the clips' names.`);
  return rows.map((cells, index) => {
    const name = cells[column('file')] ?? '';
    if (!names.includes(name))
      throw new UserError(
        'no-such-file',
        `${join(directory, name)} is missing, which ${path} names: add it, or take its line out.`,
      );
    const whole = (key: string, rest: 0 | 1): number => {
      const text = cells[column(key)] ?? '';
      const value = Number(text);
      if (/^\d+$/.test(text) && value > 0 && value % 2 === rest) return value;
      throw new UserError(
        'unsupported-input',
        `${path}, clip ${index + 1} (${name}): ${key} must be ${rest === 1 ? 'an odd' : 'an even'} whole number, not "${text}".`,
      );
    };
    return {
      name,
      path: join(directory, name),
      // Only then there is a frame in the middle of a window, and one in the middle between two.
      blur: { window: whole('blur_window', 1), step: whole('blur_step', 0) },
    };
  });
}
