import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelManifestSchema, type EnhanceManifest } from '../../app/shared';

const SHIPPED = fileURLToPath(new URL('../../resources/models', import.meta.url));

/**
 * A folder of models made of one that ships, under other names and sizes: what chooses among models
 * looks at their manifests, so tests need not wait for large networks.
 */
export async function installModels(
  folder: string,
  ...models: readonly (Pick<EnhanceManifest, 'name'> & Partial<EnhanceManifest>)[]
): Promise<string> {
  const from = join(SHIPPED, 'addersr-light-x2');
  const manifest = modelManifestSchema.parse(JSON.parse(await readFile(join(from, 'manifest.json'), 'utf8')));
  for (const facts of models) {
    const to = join(folder, facts.name);
    await mkdir(to, { recursive: true });
    await cp(join(from, 'model.onnx'), join(to, 'model.onnx'));
    await writeFile(join(to, 'manifest.json'), JSON.stringify({ ...manifest, title: facts.name, ...facts }));
  }
  return folder;
}
