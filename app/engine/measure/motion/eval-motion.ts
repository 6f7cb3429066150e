import {
  DEBLUR_METHODS,
  INTERP_METHODS,
  type EvalDeblurRequest,
  type EvalInterpRequest,
  type EvalMotionResult,
  type MotionScore,
} from '../../../shared';
import type { MediaTools } from '../../media';
import { measureSequence } from './measure-sequence';
import type { MethodContext } from './method';
import { DEBLUR, INTERP, openMethods, type Choice, type MethodName } from './methods';
import { meanScore } from './score-sheet';
import { testData, type Task } from './test-data';

export interface EvalContext {
  readonly tools: MediaTools;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/**
 * Frames between two against the truth, by the product and by what it has to beat.
 * @throws UserError no-such-file, no-media, unsupported-input, damaged-input, model-missing; CancelledError
 */
export async function evalInterp(
  { directory, method, model, factor = 2 }: EvalInterpRequest,
  context: EvalContext,
): Promise<EvalMotionResult> {
  const names = method === 'all' ? INTERP_METHODS : [method];
  const choices = names.map((name): Choice => ({ name, open: INTERP[name] }));
  return evaluate('interp', directory, choices, { ...context, model: model ?? null, factor });
}

/**
 * Blurred frames made sharp against the sharp ones, beside leaving them alone.
 * @throws as `evalInterp`
 */
export async function evalDeblur(
  { directory, method, model, sharp = false }: EvalDeblurRequest,
  context: EvalContext,
): Promise<EvalMotionResult> {
  const names = method === 'all' ? DEBLUR_METHODS : [method];
  const choices = names.map((name): Choice => ({ name, open: DEBLUR[name] }));
  return evaluate(sharp ? 'sharp' : 'deblur', directory, choices, {
    ...context,
    model: model ?? null,
    factor: 2,
  });
}

async function evaluate(
  task: Task,
  directory: string,
  choices: readonly Choice[],
  context: EvalContext & MethodContext,
): Promise<EvalMotionResult> {
  const { tools, signal, onProgress, factor } = context;
  const { material, sequences } = await testData(tools, directory, task, factor);
  const { methods, notes } = await openMethods(choices, context);
  const measured: EvalMotionResult['sequences'][number][] = [];
  for (const sequence of sequences) {
    const scores: Partial<Record<MethodName, MotionScore>> = {};
    let size = { width: 0, height: 0, frames: 0 };
    for (const { name, method } of methods) {
      const { score, ...found } = await measureSequence(sequence, method, signal);
      scores[name] = score;
      size = found;
      onProgress(`${sequence.name}, ${name}: ${score.psnr.toFixed(2)} dB`);
    }
    measured.push({ name: sequence.name, ...size, scores });
  }
  const scoresOf = (name: MethodName): MotionScore[] => measured.flatMap(({ scores }) => scores[name] ?? []);
  return {
    ...{ task, directory, material },
    methods: methods.map(({ name, method }) => ({ name, description: method.description })),
    sequences: measured,
    mean: Object.fromEntries(methods.map(({ name }) => [name, meanScore(scoresOf(name))])),
    notes,
  };
}
