import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelManifestSchema, UserError, type ModelManifest } from '../../shared';

/** A model that is there, its file not yet looked at. */
export interface InstalledModel {
  readonly manifest: ModelManifest;
  readonly folder: string;
}

/** What a user can do about files that are missing or not what they were. */
const MEND = 'install Clearcut again, or set CLEARCUT_MODELS to the folder that holds the models';

/**
 * The folder with a folder per model: `CLEARCUT_MODELS` where it is set, `resources/models` of the
 * package that this file belongs to (from source or bundled), or that of a packaged app.
 *
 * @throws UserError model-missing
 */
export function modelsFolder(): string {
  const wanted = process.env['CLEARCUT_MODELS'];
  if (wanted) return wanted;
  const roots = [packageRoot(dirname(fileURLToPath(import.meta.url)))].filter((root) => root !== null);
  const candidates = roots.map((root) => join(root, 'resources', 'models'));
  // Electron's own property; Node doesn't have it.
  const { resourcesPath } = process as { resourcesPath?: string };
  if (resourcesPath) candidates.push(join(resourcesPath, 'models'));
  const found = candidates.find((folder) => existsSync(folder));
  if (found) return found;
  throw new UserError('model-missing', `There are no models in ${candidates.join(' or ')}: ${MEND}.`);
}

/** The nearest folder at or above `from` whose package.json is Clearcut's. */
function packageRoot(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if ((content as { name?: unknown }).name === 'clearcut') return folder;
    }
    if (dirname(folder) === folder) return null;
  }
}

/**
 * Manifests of all models that are there, by name.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function listModels(): Promise<readonly ModelManifest[]> {
  return (await installedModels()).map((model) => model.manifest);
}

/**
 * The model for a task and scale: the one called `name`, or the one with the best measured quality.
 *
 * @throws UserError model-missing (there is none, or its scale is another), model-damaged
 */
export async function findModel(
  task: ModelManifest['task'],
  scale: number,
  name?: string,
): Promise<InstalledModel> {
  const all = (await installedModels()).filter(({ manifest }) => manifest.task === task);
  if (name !== undefined) {
    const named = all.find(({ manifest }) => manifest.name === name);
    const names = all.map(({ manifest }) => manifest.name).join(', ') || 'none';
    if (!named)
      throw new UserError(
        'model-missing',
        `There is no model ${name}: choose one of those installed (${names}).`,
      );
    if (named.manifest.scale !== scale)
      throw new UserError(
        'model-missing',
        `The model ${name} enlarges by ${named.manifest.scale}, not by ${scale}: choose another model or scale.`,
      );
    return named;
  }
  const [best] = all
    .filter(({ manifest }) => manifest.scale === scale)
    .sort((a, b) => measured(b.manifest) - measured(a.manifest));
  if (best) return best;
  const scales = [...new Set(all.map(({ manifest }) => `×${manifest.scale}`))].join(', ') || 'none';
  throw new UserError(
    'model-missing',
    `There is no model that enlarges by ${scale} (there are: ${scales}): choose one of these, or ${MEND}.`,
  );
}

/**
 * The bytes of a model's `.onnx`, checked against its manifest.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function readModel({ manifest, folder }: InstalledModel): Promise<Uint8Array> {
  const path = join(folder, manifest.file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError('model-missing', `The model file ${path} can't be read: ${MEND}.`, { cause });
  });
  if (createHash('sha256').update(bytes).digest('hex') !== manifest.sha256)
    throw new UserError('model-damaged', `The model in ${folder} is not what its manifest says: ${MEND}.`);
  return bytes;
}

async function installedModels(): Promise<InstalledModel[]> {
  const root = modelsFolder();
  const entries = await readdir(root, { withFileTypes: true }).catch((cause: unknown) => {
    throw new UserError('model-missing', `There are no models in ${root}: ${MEND}.`, { cause });
  });
  const models: InstalledModel[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const folder = join(root, entry.name);
    if (entry.isDirectory() && existsSync(join(folder, 'manifest.json')))
      models.push({ folder, manifest: await readManifest(folder) });
  }
  return models;
}

async function readManifest(folder: string): Promise<ModelManifest> {
  try {
    return modelManifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  } catch (cause) {
    throw new UserError('model-damaged', `The manifest.json in ${folder} is damaged: ${MEND}.`, { cause });
  }
}

/** Mean PSNR of a model as it ships, over the test sets that its manifest tells of. */
function measured(manifest: ModelManifest): number {
  const scores = manifest.quality.filter(({ precision }) => precision === 'uint8').map(({ psnrY }) => psnrY);
  return scores.length > 0 ? scores.reduce((sum, score) => sum + score, 0) / scores.length : 0;
}
