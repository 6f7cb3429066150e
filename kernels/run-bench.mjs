// Prints benchKernels' table: node kernels/run-bench.mjs
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
// Inside the package, so that the bundle finds its packages and the addon.
const folder = mkdtempSync(`${here}build/bench-`);
try {
  const outfile = `${folder}/run-bench.mjs`;
  await build({
    entryPoints: [`${here}bench.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const { benchKernels } = await import(pathToFileURL(outfile).href);
  const rows = await benchKernels({ onProgress: (line) => console.error(line) });
  for (const { group, name, value, unit, baseline, ratio } of rows)
    console.log(
      `${group}: ${name} ${value.toFixed(1)} ${unit}, ${baseline.name} ${baseline.value.toFixed(1)}, ratio ${ratio.toFixed(2)}`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
