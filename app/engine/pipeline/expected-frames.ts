import type { JobRequest, MediaInfo, StageRequest } from '../../shared';

/** Frames that a job will write, as far as the file tells. */
export function expectedResults(request: JobRequest, info: MediaInfo): number | null {
  const frames = expectedFrames(request, info);
  return frames && request.stages.reduce((count, stage) => count * framesPerFrame(stage), frames);
}

/** Frames that a stage makes of one. */
function framesPerFrame(stage: StageRequest): number {
  return stage.kind === 'interpolate' ? (stage.factor ?? 1) * (stage.slow ?? 1) : 1;
}

/** Frames of the input by which a job is planned: of all that a sample is a sample of. */
export function plannedFrames(request: JobRequest, info: MediaInfo): number | null {
  const { sampleOf } = request;
  return sampleOf ? framesBetween(info, sampleOf.start, sampleOf.end) : expectedFrames(request, info);
}

/** Frames of the input that a job is about, as far as the file tells: for progress and plans, never for a time. */
export function expectedFrames({ start, end }: JobRequest, info: MediaInfo): number | null {
  return framesBetween(info, start, end);
}

function framesBetween(info: MediaInfo, start: number | undefined, end: number | undefined): number | null {
  if (info.kind === 'still') return 1;
  const { frameCount, frameRate } = info.video;
  const duration = info.video.durationSeconds ?? info.durationSeconds;
  const whole =
    frameCount ?? (duration !== null && frameRate ? (duration * frameRate.num) / frameRate.den : null);
  if (whole === null) return null;
  if (duration === null || duration <= 0) return Math.round(whole);
  const from = Math.min(start ?? 0, duration);
  const to = Math.min(end ?? duration, duration);
  return Math.max(1, Math.round((whole * (to - from)) / duration));
}
