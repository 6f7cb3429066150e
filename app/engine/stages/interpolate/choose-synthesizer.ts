import {
  operationsPerPixel,
  UserError,
  type InterpolateManifest,
  type ModelFile,
  type StageChoice,
} from '../../../shared';
import type { StageContext, StreamFormat } from '../../frames';
import { pictureCoding } from '../pictures';
import {
  chooseBackend,
  fileFor,
  modelsOf,
  ofSize,
  openGraphs,
  processKernels,
  type BackendChoice,
  type InstalledModel,
  type PictureProgram,
} from '../../runtime';
import type { InterpolateRequest } from './interpolate';
import { MotionSynthesizer } from './motion-synthesizer';
import { NetworkSynthesizer } from './network-synthesizer';
import { paddingFor } from './padding';
import { Refinement } from './refinement';
import type { Synthesizer } from './synthesizer';

export interface ChosenSynthesizer {
  readonly synthesizer: Synthesizer;
  /** For people. */
  readonly name: string;
  /** All that shapes its pictures. */
  readonly identity: string;
  readonly choice: StageChoice | null;
  readonly backend: string;
}

type Context = Pick<StageContext, 'input' | 'backend' | 'note'>;
type MotionModel = InstalledModel<InterpolateManifest>;

/**
 * What a request means here: a network where there is one, else motion alone.
 *
 * @throws UserError model-missing, model-damaged, backend-unavailable; DeviceError device-out-of-memory
 */
export async function chooseSynthesizer(
  request: InterpolateRequest,
  context: Context,
): Promise<ChosenSynthesizer> {
  const use = request.method === 'motion' ? 'own-layers' : 'all-layers';
  const backend = await chooseBackend(context.backend, use);
  const { name, reason } = processKernels();
  if (name === 'reference')
    throw new UserError('backend-unavailable', `Motion can't be estimated here: ${reason}`);
  const model = request.method === 'motion' ? null : await modelFor(request);
  return model ? byNetwork(model, request, backend, context) : byMotion(request, context);
}

const cost = ({ manifest }: MotionModel): number => operationsPerPixel(manifest);

/** The network for a request, the light one if nothing else is wished; null where there is none and none is needed. @throws UserError model-missing, model-damaged */
async function modelFor(request: InterpolateRequest): Promise<MotionModel | null> {
  const { model: wanted, method, deblur, factor = 1, slow = 1, quality = 'light' } = request;
  const models = [...(await modelsOf('interpolate'))].sort((a, b) => cost(a) - cost(b));
  const found =
    wanted === undefined ? ofSize(models, quality) : models.find(({ manifest }) => manifest.name === wanted);
  if (found) return found;
  if (wanted !== undefined) {
    const names = models.map(({ manifest }) => manifest.name).join(', ') || 'none';
    throw new UserError(
      'model-missing',
      `There is no network for motion called ${wanted}: choose one of those installed (${names}).`,
    );
  }
  if (deblur || method === 'network')
    throw new UserError(
      'model-missing',
      `${deblur ? '--deblur' : '--method network'} needs a network for motion, and none is installed: ${factor * slow > 1 ? 'leave it out to make new frames from motion alone' : '--interpolate and --slow work without one'}.`,
    );
  return null;
}

async function byNetwork(
  model: MotionModel,
  request: InterpolateRequest,
  backend: BackendChoice,
  { input, note: tell }: Context,
): Promise<ChosenSynthesizer> {
  const { manifest } = model;
  // Of a card, the step and what makes new frames once more have the same to say.
  const told = new Set<string>();
  const note = (text: string): void => {
    if (!told.has(text)) tell(text);
    told.add(text);
  };
  const models = await openGraphs(model.folder, { step: manifest }, backend, { note, mayShrink: true });
  const { width, height } = input;
  const program = networkProgram(input, manifest);
  const refinement = await refinementFor(model, request, backend, { input, note }).catch(
    async (error: unknown) => {
      await models.close();
      throw error;
    },
  );
  const hashOf = (file: ModelFile): string =>
    (backend.adapter === undefined ? fileFor(file, processKernels()) : file).sha256;
  const refined = refinement && manifest.refine ? ` ${hashOf(manifest.refine)}` : '';
  return {
    synthesizer: new NetworkSynthesizer(models, manifest, { width, height, note, program, refinement }),
    name: manifest.title,
    identity: `${manifest.name}@${manifest.version} ${hashOf(manifest)}${refined}`,
    choice: {
      stage: 'interpolate',
      model: manifest.name,
      title: manifest.title,
      reason: reasonFor(request),
    },
    backend: backend.description,
  };
}

/** What makes new frames once more; nothing where none are wanted, or the model has none. */
async function refinementFor(
  { folder, manifest }: MotionModel,
  { factor, slow }: InterpolateRequest,
  backend: BackendChoice,
  { input: { width, height }, note }: Pick<Context, 'input' | 'note'>,
): Promise<Refinement | undefined> {
  const { refine } = manifest;
  if (!refine || (factor ?? slow) === undefined) return undefined;
  const models = await openGraphs(folder, { refine }, backend, { note, mayShrink: true });
  try {
    return new Refinement(models, manifest, { width, height, note });
  } catch (error) {
    await models.close();
    throw error;
  }
}

function reasonFor({ model, quality }: InterpolateRequest): string {
  if (model !== undefined) return 'It was asked for by name.';
  return quality === undefined ? 'It is the quick one for motion.' : 'Its size was asked for.';
}

/** How the stream's codes and what the network reads and makes become each other on a graphics card. */
export function networkProgram(input: StreamFormat, { multiple }: InterpolateManifest): PictureProgram {
  const { width, height, format } = input;
  const { paddedWidth, paddedHeight } = paddingFor(width, height, multiple);
  return {
    coding: pictureCoding(input),
    grey: format.planes === 1,
    wide: format.bitDepth > 8,
    rotation: 0,
    ...{ width: paddedWidth, height: paddedHeight, pictureWidth: width, pictureHeight: height },
  };
}

/** Motion alone is the processor's work, whatever was asked for. */
async function byMotion(
  { method = 'auto' }: InterpolateRequest,
  { input, note }: Context,
): Promise<ChosenSynthesizer> {
  if (method === 'auto')
    note('No network for motion is installed: new frames come from motion alone, and blur stays.');
  return {
    synthesizer: new MotionSynthesizer(input),
    name: 'Motion estimation',
    identity: 'motion 2',
    choice: null,
    backend: (await chooseBackend('cpu')).description,
  };
}
