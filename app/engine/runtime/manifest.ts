import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  measuredPsnr,
  MODEL_SIZES,
  modelManifestSchema,
  UserError,
  type ModelManifest,
  type ModelSize,
} from '../../shared';

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

/** Which of the models of a task are meant. */
export interface ModelWish {
  readonly scale: number;
  /** Trained on compressed and blurred pictures, or not. */
  readonly restore?: boolean;
}

/**
 * The models that do what is wished, one a size, the largest first.
 *
 * @throws UserError model-missing (there is none; the sentence says which there are), model-damaged
 */
export async function modelsFor(
  task: ModelManifest['task'],
  { scale, restore = false }: ModelWish,
): Promise<readonly InstalledModel[]> {
  const all = (await installedModels()).filter(({ manifest }) => manifest.task === task);
  const fit = all.filter(({ manifest }) => manifest.scale === scale && manifest.restore === restore);
  const found = MODEL_SIZES.toReversed().flatMap((size) =>
    fit
      .filter(({ manifest }) => manifest.size === size)
      .sort((a, b) => (measuredPsnr(b.manifest) ?? 0) - (measuredPsnr(a.manifest) ?? 0))
      .slice(0, 1),
  );
  if (found.length > 0) return found;
  const kind = restore ? 'restoring model' : 'model';
  const there = scalesOf(all, restore).map((one) => `×${one}`);
  const way = restore ? 'leave out --restore' : MEND;
  throw new UserError(
    'model-missing',
    there.length === 0
      ? `There is no ${kind}: ${way}.`
      : `There is no ${kind} that enlarges by ${scale} (there are: ${there.join(', ')}): choose one of these with --enhance, or ${way}.`,
  );
}

/** The factors that models of a task are there for, the smallest first. @throws UserError model-missing, model-damaged */
export async function modelScales(task: ModelManifest['task'], restore: boolean): Promise<readonly number[]> {
  return scalesOf(
    (await installedModels()).filter(({ manifest }) => manifest.task === task),
    restore,
  );
}

/** Of some models, the one of a size, or of the next smaller one, or of the next larger one. */
export function ofSize(models: readonly InstalledModel[], size: ModelSize): InstalledModel | undefined {
  const rank = (one: ModelSize): number => MODEL_SIZES.indexOf(one);
  const distance = ({ manifest }: InstalledModel): number => {
    const steps = rank(manifest.size) - rank(size);
    // Of two that are equally near the smaller one costs no more than was expected.
    return steps > 0 ? steps + 0.5 : -steps;
  };
  return models.toSorted((a, b) => distance(a) - distance(b))[0];
}

/**
 * The model for a task and scale: the one called `name`, or the largest that was not trained for
 * damaged pictures.
 *
 * @throws UserError model-missing (there is none, or its scale is another), model-damaged
 */
export async function findModel(
  task: ModelManifest['task'],
  scale: number,
  name?: string,
): Promise<InstalledModel> {
  if (name === undefined) {
    const [best] = await modelsFor(task, { scale });
    if (best) return best;
  }
  const all = (await installedModels()).filter(({ manifest }) => manifest.task === task);
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

function scalesOf(models: readonly InstalledModel[], restore: boolean): number[] {
  const scales = models
    .filter(({ manifest }) => manifest.restore === restore)
    .map(({ manifest }) => manifest.scale);
  return [...new Set(scales)].sort((a, b) => a - b);
}
