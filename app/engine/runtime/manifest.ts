import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  modelManifestSchema,
  UserError,
  type ModelFile,
  type ModelManifest,
  type ModelTask,
} from '../../shared';

/** A model that is there, its file not yet looked at. */
export interface InstalledModel<M extends ModelManifest = ModelManifest> {
  readonly manifest: M;
  readonly folder: string;
}

/** What a user can do about files that are missing or not what they were. */
export const MEND = 'install Clearcut again, or set CLEARCUT_MODELS to the folder that holds the models';

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
 * All models of a task that are there, by name.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function modelsOf<T extends ModelTask>(
  task: T,
): Promise<readonly InstalledModel<Extract<ModelManifest, { task: T }>>[]> {
  const models = (await installedModels()).filter(({ manifest }) => manifest.task === task);
  return models as unknown as readonly InstalledModel<Extract<ModelManifest, { task: T }>>[];
}

/**
 * The bytes of one of a model's files, checked against its manifest.
 *
 * @throws UserError model-missing, model-damaged
 */
export async function readModelFile(folder: string, { file, sha256 }: ModelFile): Promise<Uint8Array> {
  const path = join(folder, file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError('model-missing', `The model file ${path} can't be read: ${MEND}.`, { cause });
  });
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
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
