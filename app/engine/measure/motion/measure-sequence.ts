import { throwIfCancelled, UserError, type MotionScore } from '../../../shared';
import type { RgbImage } from '../read-image';
import { ComputeClock, type Method } from './method';
import { ScoreSheet, type MadeFrame } from './score-sheet';
import type { Sequence, Step } from './sequence';

/** SSIM's window has to fit. */
const LEAST_SIDE = 11;

export interface MeasuredSequence {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly score: MotionScore;
}

/**
 * Scores what a method makes of a sequence, frame by frame: memory holds what the method looks ahead.
 * @throws UserError unsupported-input, what reading throws; CancelledError
 */
export async function measureSequence(
  sequence: Sequence,
  method: Method,
  signal: AbortSignal,
): Promise<MeasuredSequence> {
  const steps = sequence.steps(signal)[Symbol.asyncIterator]();
  try {
    const first = await steps.next();
    if (first.done) throw tooShort(sequence);
    const { width, height } = first.value.input;
    if (Math.min(width, height) < LEAST_SIDE)
      throw new UserError(
        'unsupported-input',
        `${sequence.name} (${width}×${height}) is too small to be measured: use frames of at least ${LEAST_SIDE} pixels a side.`,
      );
    const due: Omit<MadeFrame, 'picture'>[] = [];
    const sheet = new ScoreSheet();
    const clock = new ComputeClock();
    const frames = inputs(first.value, steps, due);
    for await (const picture of method.run({ width, height, frames }, clock)) {
      throwIfCancelled(signal);
      const frame = due.shift();
      if (!frame)
        throw new Error(`${method.description} made more frames of ${sequence.name} than there are.`);
      sheet.add({ ...frame, picture });
    }
    if (due.length > 0) throw new Error(`${method.description} left out ${due.length} of ${sequence.name}.`);
    if (sheet.frames === 0) throw tooShort(sequence);
    return { width, height, frames: sheet.frames, score: sheet.score(clock.seconds) };
  } finally {
    await steps.return?.();
  }
}

/** The inputs of a sequence; what should come of each is put in `due` just before. */
async function* inputs(
  first: Step,
  rest: AsyncIterator<Step>,
  due: Omit<MadeFrame, 'picture'>[],
): AsyncGenerator<RgbImage> {
  let before: RgbImage | null = null;
  let next: IteratorResult<Step> = { value: first, done: false };
  for (; !next.done; next = await rest.next()) {
    const { input, truths } = next.value;
    for (const [place, truth] of truths.entries()) due.push({ truth, place, before, after: input });
    before = input;
    yield input;
  }
}

function tooShort({ name }: Sequence): UserError {
  return new UserError(
    'unsupported-input',
    `${name} has too few frames to be measured on: take it out, or put a longer one there.`,
  );
}
