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
  const pairs = await pairsOf(directory, ['HR', 'LR'], 'HR/ (the originals) and LR/ (their reductions)');
  return pairs.map(([name, high, low]) => ({ name, high, low }));
}

/**
 * Pictures of two folders in `directory` of equal names, extensions apart, by name: the name and both paths. `expected`
 * says what the folders are.
 *
 * @throws UserError no-such-file (a folder or a partner is missing), no-media
 */
export async function pairsOf(
  directory: string,
  folders: readonly [string, string],
  expected: string,
): Promise<readonly (readonly [name: string, first: string, second: string])[]> {
  const [first, second] = [join(directory, folders[0]), join(directory, folders[1])];
  const hint = `name a folder that holds ${expected}`;
  const [ones, others] = [await imagesByStem(first, hint), await imagesByStem(second, hint)];
  for (const [from, partners, folder] of [
    [ones, others, second],
    [others, ones, first],
  ] as const) {
    for (const [stem, path] of from)
      if (!partners.has(stem))
        throw new UserError(
          'no-such-file',
          `${path} has no picture of the same name in ${folder}: add it, or take this one out.`,
        );
  }
  if (ones.size === 0)
    throw new UserError('no-media', `${first} holds no PNG, WebP or JPEG: put pictures there.`);
  return [...ones].map(([name, path]) => [name, path, others.get(name) ?? '']);
}

/**
 * The pictures of a folder by their names without extension; `hint` says what to do where there is none.
 *
 * @throws UserError no-such-file, bad-usage (two pictures of one name)
 */
export async function imagesByStem(folder: string, hint: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UserError('no-such-file', `There is no folder ${folder}: ${hint}.`, { cause });
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
