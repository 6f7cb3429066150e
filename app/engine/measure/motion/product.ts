import { UserError, type StageRequest } from '../../../shared';
import { pixelFormat, type StreamFormat } from '../../frames';
import { modelsOf } from '../../runtime';
import { chooseSynthesizer, type ChosenSynthesizer } from '../../stages';
import { timesOf, type Method, type MethodContext } from './method';
import { synthesized, type Wanted } from './synthesized';

type InterpolateRequest = Extract<StageRequest, { kind: 'interpolate' }>;

/**
 * The product's own network, as a job runs it.
 * @throws UserError model-missing, backend-unavailable
 */
export async function network(
  { model, factor }: MethodContext,
  wanted: 'between' | 'pushed',
): Promise<Method> {
  const installed = (await modelsOf('interpolate')).map(({ manifest }) => manifest.name);
  if (installed.length === 0)
    throw new UserError(
      'model-missing',
      'No network for motion is installed, so there is none to measure: put one into the folder of models.',
    );
  if (model !== null && !installed.includes(model))
    throw new UserError(
      'model-missing',
      `There is no network for motion named ${model}: there are ${installed.join(', ')}.`,
    );
  const task = wanted === 'pushed' ? { deblur: true } : { factor };
  return product(
    { kind: 'interpolate', method: 'network', ...task, ...(model === null ? {} : { model }) },
    wanted === 'pushed' ? wanted : timesOf(factor),
  );
}

/**
 * What the product does without a network.
 * @throws UserError backend-unavailable
 */
export async function motionAlone({ factor }: MethodContext): Promise<Method> {
  return product({ kind: 'interpolate', method: 'motion', factor }, timesOf(factor));
}

async function product(request: InterpolateRequest, wanted: Wanted): Promise<Method> {
  const open = (width: number, height: number): Promise<ChosenSynthesizer> =>
    chooseSynthesizer(request, { input: streamOf(width, height), backend: 'auto', note: () => undefined });
  // Opened once to say what it is, and that it can be had, before anything is measured.
  const { synthesizer, name, choice, backend } = await open(LEAST_SIDE, LEAST_SIDE);
  await synthesizer.close();
  return {
    description: `Clearcut, ${choice?.model ?? name} (${backend})`,
    async *run({ frames, width, height }, clock) {
      const { synthesizer } = await open(width, height);
      try {
        yield* synthesized(synthesizer, { frames }, wanted, clock);
      } finally {
        await synthesizer.close();
      }
    },
  };
}

const LEAST_SIDE = 64;

/** What a synthesizer is told of frames that are RGB already: their size. */
function streamOf(width: number, height: number): StreamFormat {
  const format = pixelFormat('yuv444p');
  if (!format) throw new Error('No format for RGB frames.');
  return {
    ...{ width, height, format, timeBase: { num: 1, den: 25 }, frameRate: { num: 25, den: 1 } },
    colour: {
      ...{ matrix: 'bt709', range: 'full', primaries: 'bt709', transfer: 'bt709' },
      ...{ chromaLocation: 'unknown', rangeStated: true },
    },
  };
}
