import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../../shared';
import { pairsOf } from '../image-pairs';
import type { MaskedPicture } from './masked-picture';

/** Frames of one shot in order, with the object's mask beside each. */
export interface MaskedSequence {
  readonly name: string;
  readonly frames: readonly MaskedPicture[];
}

const FRAMES = 'frames';
const MASKS = 'masks';
const EXPECTED = `${FRAMES}/ and ${MASKS}/ of equal names, or several such folders`;

/**
 * The sequence that `directory` is, or those that its folders are, by name.
 * @throws UserError no-such-file, no-media
 */
export async function maskedSequences(directory: string): Promise<readonly MaskedSequence[]> {
  if (await isFolder(join(directory, FRAMES))) return [await sequenceIn(directory)];
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    throw new UserError('no-such-file', `There is no folder ${directory}: name one that holds ${EXPECTED}.`, {
      cause,
    });
  });
  const sequences: MaskedSequence[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const folder = join(directory, entry.name);
    if (entry.isDirectory() && (await isFolder(join(folder, FRAMES))))
      sequences.push(await sequenceIn(folder));
  }
  if (sequences.length === 0)
    throw new UserError('no-media', `${directory} holds no sequence: name a folder with ${EXPECTED}.`);
  return sequences;
}

async function sequenceIn(folder: string): Promise<MaskedSequence> {
  const pairs = await pairsOf(folder, [FRAMES, MASKS], EXPECTED);
  return {
    name: basename(resolve(folder)),
    frames: pairs.map(([name, picture, mask]) => ({ name, picture, mask })),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
