import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled, UserError } from '../../../shared';
import { readRgb } from '../read-image';
import type { Sequence, Step } from './sequence';

/** Before, the truth in the middle, after: as the Middlebury benchmark of optical flow names them. */
export const TRIPLET_FILES = ['frame10.png', 'frame10i11.png', 'frame11.png'] as const;

/**
 * The subfolders of `directory` that hold a triplet, by name; none is no error.
 * @throws UserError no-such-file, naming what is missing of a triplet
 */
export async function tripletsIn(directory: string): Promise<readonly Sequence[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const found: Sequence[] = [];
  for (const { name } of entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .sort(byName)) {
    const paths = TRIPLET_FILES.map((file) => join(directory, name, file));
    const there = await Promise.all(paths.map(exists));
    if (there.every((one) => !one)) continue;
    const missing = paths.find((_, index) => !there[index]);
    if (missing !== undefined)
      throw new UserError('no-such-file', `${missing} is missing: a triplet is ${TRIPLET_FILES.join(', ')}.`);
    found.push({ name, steps: (signal) => tripletSteps(paths, signal) });
  }
  return found;
}

async function* tripletSteps(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Step> {
  throwIfCancelled(signal);
  const [before, truth, after] = await Promise.all(paths.map(readRgb));
  if (!before || !truth || !after) throw new Error('Expected three paths.');
  for (const [index, image] of [before, truth, after].entries())
    if (image.width !== before.width || image.height !== before.height)
      throw new UserError(
        'unsupported-input',
        `${paths[index]} (${image.width}×${image.height}) and ${paths[0]} (${before.width}×${before.height}) differ in size: the frames of a triplet must be equally large.`,
      );
  yield { input: before, truths: [] };
  yield { input: after, truths: [truth] };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
