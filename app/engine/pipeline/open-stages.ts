import { UserError, type JobRequest, type StageChoice } from '../../shared';
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
  let { input, display } = context;
  try {
    for (const [index, wanted] of request.stages.entries()) {
      const support = stageSupport(input, wanted);
      if (!support.supported) throw new UserError('unsupported-input', support.reason);
      const stage = createStage(wanted);
      const chosenBefore = context.chosenBefore[index] ?? null;
      const plan = await stage.init({ ...context, input, display, chosenBefore });
      opened.push({ stage, plan });
      input = plan.output;
      display = plan.display ?? display;
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

/** Every frame through a stage, then what it still holds. */
export async function* through(stage: Stage, source: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  for await (const frame of source) {
    if (frame.sceneCutBefore) yield* stage.flush();
    yield* stage.process(frame);
  }
  yield* stage.flush();
}
