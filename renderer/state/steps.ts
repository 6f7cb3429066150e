import {
  MOST_NEW_FRAMES,
  type EnhanceScale,
  type Fit,
  type FrameFactor,
  type MotionMethod,
  type Preset,
  type Quality,
  type SlowSound,
  type StageRequest,
} from '../../app/shared';

/** What can be done with a video, each a choice of its own. In the usual order: small pictures are quicker to move. */
export const STEP_KINDS = ['deblur', 'smooth', 'slow', 'enhance'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** What all steps are set to, those of the chain and those that are left out. */
export interface StepValues {
  /** Null where a size is fitted. */
  readonly scale: EnhanceScale | null;
  readonly fit: Fit | null;
  readonly quality: Quality;
  /** Frames a second that `auto` should reach; null for the video's own rate. */
  readonly pace: number | null;
  readonly restore: boolean;
  readonly factor: FrameFactor;
  readonly slow: FrameFactor;
  readonly slowSound: SlowSound;
  readonly method: MotionMethod;
}

const PLAIN: StepValues = {
  scale: null,
  fit: null,
  quality: 'auto',
  pace: null,
  restore: false,
  factor: 2,
  slow: 4,
  slowSound: 'stretch',
  method: 'auto',
};

/**
 * The stages of a job for a chain of steps, null where one lacks something. Steps of motion that stand side by side are
 * one stage: new frames and sharp ones come from the same look at the motion.
 */
export function stagesOf(kinds: readonly StepKind[], values: StepValues): readonly StageRequest[] | null {
  const stages: StageRequest[] = [];
  for (const kind of kinds) {
    const last = stages.at(-1);
    if (kind === 'enhance') {
      if (values.scale === null && values.fit === null) return null;
      stages.push(enhanceStage(values));
    } else if (last?.kind === 'interpolate') {
      stages[stages.length - 1] = { ...last, ...motionPart(kind, values) };
    } else {
      stages.push({ kind: 'interpolate', ...motionPart(kind, values) });
    }
  }
  return stages.length === 0 ? null : stages;
}

function enhanceStage({ scale, fit, quality, pace, restore }: StepValues): StageRequest {
  return {
    kind: 'enhance',
    ...(scale === null ? {} : { scale }),
    ...(fit === null ? {} : { fit }),
    ...(quality === 'auto' ? {} : { quality }),
    ...(quality !== 'auto' || pace === null ? {} : { pace }),
    ...(restore ? { restore } : {}),
  };
}

function motionPart(kind: Exclude<StepKind, 'enhance'>, values: StepValues): Partial<StageRequest> {
  if (kind === 'deblur') return { deblur: true };
  const method = values.method === 'auto' ? {} : { method: values.method };
  if (kind === 'smooth') return { factor: values.factor, ...method };
  const sound = values.slowSound === 'stretch' ? {} : { slowSound: values.slowSound };
  return { slow: values.slow, ...sound, ...method };
}

/** The chain that a preset means. */
export function presetSteps(preset: Preset): {
  readonly kinds: readonly StepKind[];
  readonly values: StepValues;
} {
  const { enhance, fit, interpolate, slow, deblur } = preset;
  const has: Readonly<Record<StepKind, boolean>> = {
    deblur: deblur ?? false,
    smooth: interpolate !== undefined,
    slow: slow !== undefined,
    enhance: enhance !== undefined || fit !== undefined,
  };
  return {
    kinds: STEP_KINDS.filter((kind) => has[kind]),
    values: {
      scale: enhance ?? null,
      fit: fit ?? null,
      quality: preset.quality ?? PLAIN.quality,
      pace: preset.pace ?? PLAIN.pace,
      restore: preset.restore ?? PLAIN.restore,
      factor: interpolate ?? PLAIN.factor,
      slow: slow ?? PLAIN.slow,
      slowSound: preset.slowSound ?? PLAIN.slowSound,
      method: preset.method ?? PLAIN.method,
    },
  };
}

/** True where both together make more frames of one than can be made. */
export function tooManyFrames(factor: number, slow: number): boolean {
  return factor * slow > MOST_NEW_FRAMES;
}
