import { throwIfCancelled, type EnhanceScale, type ModelSize, type StageRequest } from '../../../shared';
import type { StageContext } from '../../frames';
import { findModel, modelsFor, ofSize, type BackendChoice, type EnhanceModel } from '../../runtime';
import { secondsPerSample } from './measured-speed';

type Request = Extract<StageRequest, { kind: 'enhance' }>;
type Context = Pick<StageContext, 'input' | 'still' | 'expectedFrames' | 'chosenBefore' | 'signal'>;

/** A network, and why it is this one. */
export interface ModelChoice {
  readonly model: EnhanceModel;
  /** A sentence. */
  readonly reason: string;
  /** True where the user did not get what could have been expected: another size, or less than the best. */
  readonly notable: boolean;
}

/** Jobs that are done in so many seconds get the best network, whatever the wished pace. */
const SHORT_JOB_SECONDS = 60;
/** The rate that is wished for where neither the user nor the file says one. */
const USUAL_RATE = 25;
/**
 * What a network keeps of the speed that it has alone once decoding and encoding share the processor
 * with it: `clearcut bench --only sizes` gave 0.61 to 0.83 for H.264, the least for the fast network.
 */
const SHARE = 0.65;

/** A model's speed in a job, as measured. */
export interface Candidate {
  readonly model: EnhanceModel;
  readonly framesPerSecond: number;
}

/**
 * The network that a request means.
 *
 * @throws UserError model-missing, model-damaged; CancelledError
 */
export async function chooseModel(
  request: Request,
  scale: EnhanceScale,
  context: Context,
  backend: BackendChoice,
): Promise<ModelChoice> {
  const plainly = (model: EnhanceModel, reason: string): ModelChoice => ({ model, reason, notable: false });
  const { model: name, quality = 'auto', restore = false } = request;
  if (name !== undefined) return plainly(await findModel(scale, name), 'It was asked for by name.');
  const models = await modelsFor({ scale, restore });
  const [best] = models;
  if (!best) throw new Error('Expected at least one model.');
  if (quality !== 'auto') return ofWantedSize(ofSize(models, quality) ?? best, quality, request);
  const before = models.find(({ manifest }) => manifest.name === context.chosenBefore);
  if (before) {
    const reason = `${before.manifest.size}: chosen when this job began.`;
    return { model: before, reason, notable: before !== best };
  }
  if (models.length === 1) return plainly(best, 'It is the only one for this.');
  if (context.still) return plainly(best, 'It is the best one, and a single picture can wait for it.');

  const { input, expectedFrames, signal } = context;
  const wished = request.pace ?? rateOf(input.frameRate);
  const measured: Candidate[] = [];
  for (const model of models) {
    throwIfCancelled(signal);
    const seconds = (await secondsPerSample(model, backend, input)) * input.width * input.height;
    measured.push({ model, framesPerSecond: SHARE / seconds });
    const choice = quickEnough(measured, wished, expectedFrames);
    if (choice) return choice;
  }
  return quickest(measured, wished);
}

function ofWantedSize(model: EnhanceModel, wanted: ModelSize, request: Request): ModelChoice {
  const { size, scale } = model.manifest;
  if (size === wanted) return { model, reason: 'It was asked for.', notable: false };
  const kind = request.restore ? 'restoring network' : 'network';
  const reason = `There is no ${wanted} ${kind} for ×${scale}: the ${size} one was used.`;
  return { model, reason, notable: true };
}

function rateOf(rate: StageContext['input']['frameRate']): number {
  return rate && rate.num > 0 && rate.den > 0 ? rate.num / rate.den : USUAL_RATE;
}

/** The last of `measured` where it keeps the pace or the whole job is soon done, else null. */
export function quickEnough(
  measured: readonly Candidate[],
  wished: number,
  expectedFrames: number | null,
): ModelChoice | null {
  const last = measured.at(-1);
  if (!last) return null;
  const jobSeconds = expectedFrames === null ? Infinity : expectedFrames / last.framesPerSecond;
  if (last.framesPerSecond < wished && jobSeconds > SHORT_JOB_SECONDS) return null;
  const why =
    last.framesPerSecond >= wished
      ? `${digits(wished)} wished`
      : `about ${Math.max(1, Math.round(jobSeconds))} s for the whole job`;
  return choiceOf(last, measured, why);
}

/** The quickest of all where none keeps the pace. */
export function quickest(measured: readonly Candidate[], wished: number): ModelChoice {
  const [first] = measured.toSorted((a, b) => b.framesPerSecond - a.framesPerSecond);
  if (!first) throw new Error('Expected a measurement.');
  return choiceOf(first, measured, `the quickest there is, ${digits(wished)} wished`);
}

/** `fast: about 31 frames a second here, 25 wished; standard 2.1, light 9.1.` */
function choiceOf(chosen: Candidate, measured: readonly Candidate[], why: string): ModelChoice {
  const others = measured
    .filter((one) => one !== chosen)
    .map(({ model, framesPerSecond }) => `${model.manifest.size} ${digits(framesPerSecond)}`);
  const beside = others.length > 0 ? `; ${others.join(', ')}` : '';
  const { model, framesPerSecond } = chosen;
  return {
    model,
    reason: `${model.manifest.size}: about ${digits(framesPerSecond)} frames a second here, ${why}${beside}.`,
    // A larger one was tried and left.
    notable: measured[0] !== chosen,
  };
}

/** Two digits and no more: a measurement of a moment. */
function digits(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : String(Math.round(value));
}
