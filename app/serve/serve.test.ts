import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultResultsFolder } from './results-folder';
import { safeName, Uploads } from './uploads';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'clearcut-home-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('the folder for results', () => {
  it('is where this system keeps videos', async () => {
    expect(defaultResultsFolder('/Users/a', 'darwin', {})).toBe('/Users/a/Movies/Clearcut');
    expect(defaultResultsFolder(home, 'win32', {})).toBe(join(home, 'Videos/Clearcut'));
    expect(defaultResultsFolder(home, 'linux', {})).toBe(join(home, 'Clearcut'));
    await mkdir(join(home, 'Videos'));
    expect(defaultResultsFolder(home, 'linux', {})).toBe(join(home, 'Videos/Clearcut'));
    await mkdir(join(home, '.config'));
    await mkdir(join(home, 'Filme'));
    await writeFile(join(home, '.config/user-dirs.dirs'), '# made by xdg\nXDG_VIDEOS_DIR="$HOME/Filme"\n');
    expect(defaultResultsFolder(home, 'linux', {})).toBe(join(home, 'Filme/Clearcut'));
    await writeFile(join(home, '.config/user-dirs.dirs'), 'XDG_VIDEOS_DIR="$HOME/"\n');
    expect(defaultResultsFolder(home, 'linux', {})).toBe(join(home, 'Videos/Clearcut'));
  });
});

describe('uploads', () => {
  it('keep their names, less what means something to a file system', () => {
    const cases: [string, string][] = [
      ['holiday.mp4', 'holiday.mp4'],
      ["Ünï çödé 日本語 (1) & 'quoted'.mkv", "Ünï çödé 日本語 (1) & 'quoted'.mkv"],
      ['../../etc/passwd', 'passwd'],
      ['C:\\clips\\a.mp4', 'a.mp4'],
      ['a:b*c?"<>|\u0000\n.mp4', 'a_b_c_______.mp4'],
      ['...hidden.mp4', 'hidden.mp4'],
      ['trailing. . ', 'trailing'],
      ['nul.mp4', '_nul.mp4'],
      ['', 'upload'],
      ['..', 'upload'],
      [`${'é'.repeat(300)}.mp4`, `${'é'.repeat(88)}.mp4`],
    ];
    for (const [name, safe] of cases) expect(safeName(name), name).toBe(safe);
  });

  it('that stop halfway leave nothing behind', async () => {
    const uploads = await Uploads.create();
    await expect(uploads.receive('a.mp4', 10, Readable.from([Buffer.from('half')]))).rejects.toMatchObject({
      code: 'damaged-input',
      message: 'a.mp4 did not arrive whole: choose it again.',
    });
    const broken = new Readable({ read: () => broken.destroy(new Error('line cut')) });
    await expect(uploads.receive('a.mp4', 10, broken)).rejects.toMatchObject({ code: 'damaged-input' });
    expect(await readdir(uploads.folder)).toEqual([]);
    await expect(uploads.receive('a.mp4', 2 ** 52, Readable.from([]))).rejects.toMatchObject({
      code: 'disk-full',
    });
    await uploads.remove();
    await expect(readdir(uploads.folder)).rejects.toThrow('ENOENT');
  });

  it('are named in errors by their own name', async () => {
    const uploads = await Uploads.create();
    const path = await uploads.receive('a b.mp4', 4, Readable.from([Buffer.from('text')]));
    expect(uploads.withoutFolder(`${path} is cut off; ${path} again.`)).toBe(
      'a b.mp4 is cut off; a b.mp4 again.',
    );
    await uploads.remove();
  });
});
