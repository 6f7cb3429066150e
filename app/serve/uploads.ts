import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../shared';

/** Left free on the disk of temporary files, so that an upload never fills it to the brim. */
const RESERVE_BYTES = 256 * 1024 * 1024;
/** File systems end names at 255 bytes; a result's name adds to this one. */
const MAX_NAME_BYTES = 180;

/** Files that pages sent, in a private folder that goes when the server ends. */
export class Uploads {
  readonly #removeAtExit = (): void => {
    rmSync(this.folder, { recursive: true, force: true });
  };

  private constructor(readonly folder: string) {
    process.once('exit', this.#removeAtExit);
  }

  static async create(): Promise<Uploads> {
    // mkdtemp makes the folder readable for its owner alone.
    return new Uploads(await mkdtemp(join(tmpdir(), 'clearcut-uploads-')));
  }

  /**
   * Writes a body to a file of its own and returns its path. `size` is what the browser says it is.
   * @throws UserError disk-full, damaged-input (the browser stopped halfway)
   */
  async receive(name: string, size: number, body: Readable): Promise<string> {
    const { bavail, bsize } = await statfs(this.folder);
    if (size > bavail * bsize - RESERVE_BYTES) throw full(this.folder);
    const folder = join(this.folder, randomUUID());
    await mkdir(folder);
    const path = join(folder, safeName(name));
    try {
      const file = await open(path, 'wx', 0o600);
      let received = 0;
      body.on('data', (chunk: Buffer) => (received += chunk.length));
      await pipeline(body, file.createWriteStream());
      if (received !== size) throw new Error(`${received} of ${size} bytes arrived`);
      return path;
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') throw full(this.folder, cause);
      throw new UserError('damaged-input', `${safeName(name)} did not arrive whole: choose it again.`, {
        cause,
      });
    }
  }

  /** What an error says about an upload, with the file's own name in place of where it is kept. */
  withoutFolder(text: string): string {
    let rest = text;
    for (let at = rest.indexOf(this.folder); at >= 0; at = rest.indexOf(this.folder)) {
      // FOLDER/UUID/NAME: only NAME means something to a person.
      rest = rest.slice(0, at) + rest.slice(at + this.folder.length + 1 + 36 + 1);
    }
    return rest;
  }

  async remove(): Promise<void> {
    process.off('exit', this.#removeAtExit);
    await rm(this.folder, { recursive: true, force: true });
  }
}

function full(folder: string, cause?: unknown): UserError {
  return new UserError(
    'disk-full',
    `The disk of ${folder} has no room for this file: free some space, or use the command line, which reads it in place.`,
    cause === undefined ? undefined : { cause },
  );
}

/** A file's own name without what means something to a file system. */
export function safeName(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).normalize('NFC');
  const clean = base
    // eslint-disable-next-line no-control-regex -- control characters are what is to go
    .replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '');
  const dot = clean.lastIndexOf('.');
  const extension = dot > 0 ? clean.slice(dot) : '';
  let stem = dot > 0 ? clean.slice(0, dot) : clean;
  while (Buffer.byteLength(stem + extension) > MAX_NAME_BYTES && stem.length > 1) {
    stem = [...stem].slice(0, -1).join('');
  }
  // Names of devices on Windows, with any extension.
  if (/^(con|prn|aux|nul|com\d|lpt\d)$/i.test(stem)) stem = `_${stem}`;
  return stem + extension === '' ? 'upload' : stem + extension;
}
