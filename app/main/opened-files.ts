import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Regular files among the words of a command line; switches and what isn't there are left out. */
export function filesOf(words: readonly string[], folder: string): string[] {
  return words
    .filter((word) => word !== '' && !word.startsWith('-'))
    .map((word) => resolve(folder, word))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}
