import { readFile, stat } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { readPreset, UserError, type Preset } from '../shared';

/** A file of presets is some lines of text; what is larger is something else. */
const MOST_BYTES = 1024 * 1024;

/**
 * Presets of a file, of this version of the format or an older one: one, or a list of them.
 * @throws UserError damaged-input
 */
export async function readPresetFile(path: string): Promise<readonly Preset[]> {
  try {
    if ((await stat(path)).size > MOST_BYTES) throw new Error('The file is too large.');
    const kept: unknown = JSON.parse(await readFile(path, 'utf8'));
    return (Array.isArray(kept) ? kept : [kept]).map((one) => readPreset(one));
  } catch (cause) {
    throw new UserError('damaged-input', `${path} holds no presets: choose a file that Clearcut exported.`, {
      cause,
    });
  }
}

/** @throws UserError output-not-writable */
export async function writePresetFile(path: string, presets: readonly Preset[]): Promise<void> {
  try {
    await writeFileAtomic(path, `${JSON.stringify(presets, null, 2)}\n`);
  } catch (cause) {
    throw new UserError('output-not-writable', `${path} could not be written: choose another place.`, {
      cause,
    });
  }
}
