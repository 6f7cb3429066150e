// Holds every import against scripts/layers.json: only downward, and past no folder's index.
// Tests may import anything of their own folder and what their folder may.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\s*\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

/** Wrong imports of the tree under `root`, one sentence each. */
export function findWrongImports(root, layers) {
  const wrong = [];
  for (const file of sourceFiles(
    root,
    layers.map((layer) => layer.folder.split('/')[0]),
  )) {
    const layer = layers.find(({ folder }) => file === folder || file.startsWith(`${folder}/`));
    if (!layer) {
      wrong.push(`${file}: stands in no layer of scripts/layers.json`);
      continue;
    }
    for (const [, from, lazy, bare] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      const target = from ?? lazy ?? bare;
      const problem = target.startsWith('.')
        ? localProblem(root, file, layer, layers, target)
        : packageProblem(layer, file, target);
      if (problem) wrong.push(`${file}: ${problem}`);
    }
  }
  return wrong;
}

function packageProblem(layer, file, target) {
  const test = /\.test\.ts$/.test(file);
  const banned = (layer.never ?? []).find((name) =>
    name.endsWith(':') ? target.startsWith(name) : target === name || target.startsWith(`${name}/`),
  );
  return banned && !test ? `${layer.folder} may not import ${target}` : null;
}

function localProblem(root, file, layer, layers, target) {
  const path = relative(root, resolve(root, dirname(file), target))
    .split(sep)
    .join('/')
    .replace(/\?.*$/, '');
  if (path.endsWith('.json') || path.startsWith('tests/') || path.startsWith('resources/')) return null;
  if (path === layer.folder || path.startsWith(`${layer.folder}/`)) {
    const owner = layers.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
    if (owner === layer) return null;
  }
  // A row that names `FOLDER/index` allows the folder itself and nothing below it.
  if (layer.may.includes(`${path}/index`)) return null;
  const allowed = layer.may.find((may) => path === may || path.startsWith(`${may}/`));
  if (!allowed) return `${layer.folder} may not import ${path}`;
  if (path !== allowed && path !== `${allowed}/index`) return `imports ${path} past the index of ${allowed}`;
  return null;
}

function* sourceFiles(root, tops) {
  const pending = [...new Set(tops)];
  while (pending.length > 0) {
    const folder = pending.pop();
    for (const name of readdirSync(join(root, folder))) {
      const path = `${folder}/${name}`;
      if (name === 'node_modules' || name === 'build') continue;
      if (statSync(join(root, path)).isDirectory()) pending.push(path);
      else if (/\.(ts|svelte)$/.test(name)) yield path;
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { layers } = JSON.parse(readFileSync(join(root, 'scripts/layers.json'), 'utf8'));
  const wrong = findWrongImports(root, layers);
  for (const line of wrong) console.error(line);
  console.error(
    wrong.length === 0 ? 'Layers: every import points downward.' : `Layers: ${wrong.length} wrong imports.`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
