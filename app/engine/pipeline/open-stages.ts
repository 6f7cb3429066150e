import { UserError, type JobRequest, type SlowSound, type StageChoice } from '../../shared';
import type { Display, Frame, Stage, StageContext, StagePlan } from '../frames';
import { createStage, stageSupport } from '../stages';

export interface OpenedStage {
  readonly stage: Stage;
  readonly plan: StagePlan;
}

/** What the stages of a job are opened on; `chosenBefore` by stage. */
export type OpeningContext = Omit<StageContext, 'chosenBefore'> & {
  readonly chosenBefore: readonly (string | null)[];
};

/** Stages in the user's order, each opened on what the one before gives. */
export async function openStages(request: JobRequest, context: OpeningContext): Promise<OpenedStage[]> {
  const opened: OpenedStage[] = [];
  let { input, display, expectedFrames } = context;
  try {
    for (const [index, wanted] of request.stages.entries()) {
      const support = stageSupport(input, wanted);
      if (!support.supported) throw new UserError('unsupported-input', support.reason);
      const stage = createStage(wanted);
      const chosenBefore = context.chosenBefore[index] ?? null;
      const plan = await stage.init({ ...context, input, display, expectedFrames, chosenBefore });
      opened.push({ stage, plan });
      input = plan.output;
      display = plan.display ?? display;
      if (expectedFrames !== null) expectedFrames *= plan.rate;
    }
    return opened;
  } catch (error) {
    for (const { stage } of opened) await stage.close();
    throw error;
  }
}

/** What the stages compute with, of those that had a choice. */
export function choicesOf(opened: readonly OpenedStage[]): readonly StageChoice[] {
  return opened.map(({ plan }) => plan.choice).filter((choice) => choice !== null);
}

/** How the last stage's frames are shown. */
export function displayOf(opened: readonly OpenedStage[], source: Display): Display {
  return opened.reduce((display, { plan }) => plan.display ?? display, source);
}

/** By how much the stages stretch time together, and what becomes of the sound; null where time stays. */
export function slowOf(opened: readonly OpenedStage[]): { factor: number; sound: SlowSound } | null {
  const slow = opened.flatMap(({ plan }) => plan.slow ?? []);
  if (slow.length === 0) return null;
  return {
    factor: slow.reduce((product, { factor }) => product * factor, 1),
    sound: slow.some(({ sound }) => sound === 'drop') ? 'drop' : 'stretch',
  };
}

/** The first stage after which frames keep their times and stand each for itself. */
export function firstPlainStage(opened: readonly OpenedStage[]): number {
  const last = opened.findLastIndex(
    ({ plan: { window, rate, slow } }) => window.past + window.future > 0 || rate !== 1 || slow !== undefined,
  );
  return last + 1;
}

/** Frames later than `pts`; the others are released. */
export async function* later(source: AsyncIterable<Frame>, pts: number): AsyncGenerator<Frame> {
  for await (const frame of source) {
    if (frame.pts > pts) yield frame;
    else frame.release();
  }
}

/** Every frame through a stage, then what it still holds. */
export async function* through(stage: Stage, source: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  for await (const frame of source) {
    if (frame.sceneCutBefore) yield* stage.flush();
    yield* stage.process(frame);
  }
  yield* stage.flush();
}
