import type { EnhanceScale, MediaInfo, Rational, StageRequest } from '../../app/shared';
import { resultSize } from './networks';

/** A video as it is seen. */
export interface Shown {
  readonly width: number;
  readonly height: number;
  /** Frames a second, null where the file doesn't tell, and for a still. */
  readonly rate: Rational | null;
  readonly seconds: number | null;
}

/** What comes in and what goes out of a chain. */
export interface Flow {
  readonly before: Shown;
  readonly after: Shown;
}

/** What `stages` make of a file, or of so many seconds of it; `factors` are those that there are networks for. */
export function flowOf(
  info: MediaInfo,
  stages: readonly StageRequest[],
  factors: readonly EnhanceScale[],
  seconds: number | null = info.durationSeconds,
): Flow {
  const { width, height } = resultSize(info, 1, factors);
  const moving = info.kind === 'video';
  const before: Shown = {
    width,
    height,
    rate: moving ? info.video.frameRate : null,
    seconds: moving ? seconds : null,
  };
  return { before, after: stages.reduce((shown, stage) => afterStage(shown, stage, info, factors), before) };
}

function afterStage(
  shown: Shown,
  stage: StageRequest,
  info: MediaInfo,
  factors: readonly EnhanceScale[],
): Shown {
  if (stage.kind === 'enhance') {
    const { width, height } = resultSize(info, stage.fit ?? stage.scale ?? 1, factors);
    return { ...shown, width, height };
  }
  if (stage.kind !== 'interpolate') return shown;
  const { factor = 1, slow = 1 } = stage;
  const { rate, seconds } = shown;
  return {
    ...shown,
    rate: rate && { num: rate.num * factor, den: rate.den },
    seconds: seconds === null ? null : seconds * slow,
  };
}

/** By how much `stages` stretch time. */
export function slowness(stages: readonly StageRequest[]): number {
  return stages.reduce((time, stage) => time * (stage.kind === 'interpolate' ? (stage.slow ?? 1) : 1), 1);
}
