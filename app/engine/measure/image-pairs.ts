import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { UserError } from '../../shared';

/** A picture and its reduction. */
export interface ImagePair {
  readonly name: string;
  readonly high: string;
  readonly low: string;
}

const EXTENSIONS: ReadonlySet<string> = new Set(['.png', '.webp', '.jpg', '.jpeg']);

/**
 * Pictures of `directory`/HR and `directory`/LR of equal names, extensions apart, by name.
 *
 * @throws UserError no-such-file (a folder or a partner is missing), no-media
 */
export async function imagePairs(directory: string): Promise<readonly ImagePair[]> {
  const high = await imagesByStem(join(directory, 'HR'));
  const low = await imagesByStem(join(directory, 'LR'));
  for (const [from, others, folder] of [
    [high, low, 'LR'],
    [low, high, 'HR'],
  ] as const) {
    for (const [stem, path] of from)
      if (!others.has(stem))
        throw new UserError(
          'no-such-file',
          `${path} has no picture of the same name in ${join(directory, folder)}: add it, or take this one out.`,
        );
  }
  if (high.size === 0)
    throw new UserError(
      'no-media',
      `${join(directory, 'HR')} holds no PNG, WebP or JPEG: put pictures there.`,
    );
  return [...high].map(([name, path]) => ({ name, high: path, low: low.get(name) ?? '' }));
}

async function imagesByStem(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UserError(
      'no-such-file',
      `There is no folder ${folder}: name a folder that holds HR/ (the originals) and LR/ (their reductions).`,
      { cause },
    );
  });
  const found = new Map<string, string>();
  for (const name of names.sort()) {
    const extension = extname(name);
    if (!EXTENSIONS.has(extension.toLowerCase()) || name.startsWith('.')) continue;
    const stem = basename(name, extension);
    const twin = found.get(stem);
    if (twin !== undefined)
      throw new UserError('bad-usage', `${twin} and ${name} have the same name: take one out.`);
    found.set(stem, join(folder, name));
  }
  return found;
}
