import { readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { UserError } from '../../../shared';
import { pairsOf } from '../image-pairs';
import type { MaskedPicture } from './masked-picture';

const INDEX = 'index.tsv';

/**
 * The pictures of `directory` with their masks: the rows of its index.tsv (columns image and mask, paths from there;
 * only those of `split` where one is named), else images/ and masks/ by equal names.
 * @throws UserError no-such-file, no-media, unsupported-input, bad-usage
 */
export async function maskedPictures(
  directory: string,
  split: string | null,
): Promise<readonly MaskedPicture[]> {
  const index = join(directory, INDEX);
  const text = await readFile(index, 'utf8').catch(() => null);
  if (text !== null) return rowsOf(text, { directory, index, split });
  if (split !== null)
    throw new UserError(
      'no-such-file',
      `${index} is missing, which would say what belongs to ${split}: add it, or leave out --split.`,
    );
  const pairs = await pairsOf(
    directory,
    ['images', 'masks'],
    `images/ and masks/, or an ${INDEX} that names them`,
  );
  return pairs.map(([name, picture, mask]) => ({ name, picture, mask }));
}

interface Source {
  readonly directory: string;
  readonly index: string;
  readonly split: string | null;
}

function rowsOf(text: string, { directory, index, split }: Source): MaskedPicture[] {
  const [head = [], ...rows] = text
    .split(/\r?\n/)
    .map((line) => line.split('\t'))
    .filter((cells) => cells.length > 1);
  const column = (name: string): number => {
    const place = head.indexOf(name);
    if (place >= 0) return place;
    throw new UserError('unsupported-input', `${index} has no column "${name}": add one.`);
  };
  const [image, mask] = [column('image'), column('mask')];
  const splits = split === null ? null : column('split');
  const chosen = splits === null ? rows : rows.filter((cells) => cells[splits] === split);
  if (chosen.length === 0) {
    const known = [...new Set(rows.map((cells) => cells[splits ?? 0]))].join(', ');
    throw splits === null || rows.length === 0
      ? new UserError('no-media', `${index} names no picture: add some.`)
      : new UserError('bad-usage', `${index} has no pictures of the split ${split}: there are ${known}.`);
  }
  return chosen.map((cells) => ({
    name: parse(cells[image] ?? '').name,
    picture: join(directory, cells[image] ?? ''),
    mask: join(directory, cells[mask] ?? ''),
  }));
}
