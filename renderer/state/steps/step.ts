import type { MediaInfo, Preset, StageRequest } from '../../../app/shared';
import type { Remembered } from '../history';

/** What can be done with a video, each a choice of its own. In the usual order: small pictures are quicker to move, edges are finest at the end. */
export const STEP_KINDS = ['deblur', 'smooth', 'slow', 'enhance', 'segment'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/**
 * The settings of one kind of step, or of several that share some: a state class each. `Settings` asks all of them the
 * same; a new step is a class here, a component, and a row in `components/steps/registry.ts`.
 */
export interface StepSettings extends Remembered {
  readonly kinds: readonly StepKind[];
  /** Whether the step can be had with this file, on this machine. */
  allowed(kind: StepKind, info: MediaInfo): boolean;
  /** What the step adds to a job, null where something is missing yet. */
  stage(kind: StepKind): StageRequest | null;
  /** What the heading says by how much: ×2; null where there is nothing to say. */
  factor(kind: StepKind, info: MediaInfo): number | null;
  /** What a stage of a job says, as a preset would say it; null where it is another step's. */
  said(stage: StageRequest): { readonly kinds: readonly StepKind[]; readonly preset: Partial<Preset> } | null;
  /** Takes over what a preset says, and gives the kinds that are in it. */
  read(preset: Preset): readonly StepKind[];
  /** Takes over what a stage of a job says of its own file, which no preset can. */
  recall?(stage: StageRequest): void;
  /** Takes back what can't be had together, or with this file. */
  settle(info: MediaInfo): void;
}

/** Stages that are one where they stand side by side: new frames and sharp ones come from the same look at the motion. */
export function joined(stages: readonly StageRequest[]): readonly StageRequest[] {
  return stages.reduce<readonly StageRequest[]>((all, stage) => {
    const last = all.at(-1);
    return last?.kind === 'interpolate' && stage.kind === 'interpolate'
      ? [...all.slice(0, -1), { ...last, ...stage }]
      : [...all, stage];
  }, []);
}
