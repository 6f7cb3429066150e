import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How many segments the unfinished job for `output` has finished. */
export async function finishedSegments(output: string): Promise<number> {
  const manifest = join(dirname(output), `.${basename(output)}.clearcut`, 'manifest.json');
  try {
    return (JSON.parse(await readFile(manifest, 'utf8')) as { segments: unknown[] }).segments.length;
  } catch {
    return 0;
  }
}

/** Resolves as soon as the job for `output` has finished one. */
export async function firstSegment(output: string): Promise<void> {
  while ((await finishedSegments(output)) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
}
