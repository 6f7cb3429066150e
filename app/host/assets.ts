import { readFile, realpath } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';

/** A file of the built window. */
export interface Asset {
  readonly bytes: Buffer;
  readonly type: string;
}

/** What the window is made of; files of any other kind are not given out. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/**
 * The file that the path of an address means under `root`, or null where there is none. The path is
 * taken as it stands in the address: percent signs are decoded once, and whatever leads out of
 * `root` (`..`, a symlink, a drive letter, a UNC path) is no file.
 */
export async function readAsset(root: string, urlPath: string): Promise<Asset | null> {
  const name = decoded(urlPath);
  if (name === null || !/^\/[\w./-]*$/.test(name) || name.includes('..') || name.includes('//')) return null;
  const path = resolve(root, `.${name === '/' ? '/index.html' : name}`);
  const type = TYPES[extname(path)];
  if (type === undefined) return null;
  try {
    const [real, realRoot] = await Promise.all([realpath(path), realpath(root)]);
    if (!real.startsWith(realRoot + sep)) return null;
    return { bytes: await readFile(real), type };
  } catch {
    return null;
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
