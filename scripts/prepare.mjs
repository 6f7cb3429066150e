// Builds out/ where it is older than its sources. npm runs this after an install, and once more when
// `npx clearcut` is first used in the checkout; tests call it too.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'out/.sources');
const SOURCES = ['app', 'renderer', 'kernels', 'package.json', 'electron.vite.config.ts', 'tsconfig.json'];
const SOURCE_NAME = /\.(ts|svelte|css|html|wgsl|json|svg)$/;

/** Hash of names and contents of all that the build reads. */
function sourcesHash() {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (statSync(join(root, path)).isDirectory()) {
      if (path === 'kernels/build') return;
      for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`);
    } else if (SOURCE_NAME.test(path) && !path.endsWith('.test.ts')) {
      hash.update(path).update(readFileSync(join(root, path)));
    }
  };
  SOURCES.forEach(visit);
  return hash.digest('hex');
}

/** Builds if anything changed since the last build; returns whether it did. */
export function buildIfStale() {
  const wanted = sourcesHash();
  try {
    if (readFileSync(stamp, 'utf8') === wanted) return false;
  } catch {
    // Never built.
  }
  rmSync(stamp, { force: true });
  const command = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  execFileSync(process.execPath, [command, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  writeFileSync(stamp, wanted);
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) buildIfStale();
