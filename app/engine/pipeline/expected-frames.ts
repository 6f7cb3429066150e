import type { JobRequest, MediaInfo } from '../../shared';

/** Frames of the input that a job is about, as far as the file tells: for progress and plans, never for a time. */
export function expectedFrames(request: JobRequest, info: MediaInfo): number | null {
  if (info.kind === 'still') return 1;
  const { frameCount, frameRate } = info.video;
  const duration = info.video.durationSeconds ?? info.durationSeconds;
  const whole =
    frameCount ?? (duration !== null && frameRate ? (duration * frameRate.num) / frameRate.den : null);
  if (whole === null) return null;
  if (duration === null || duration <= 0) return Math.round(whole);
  const from = Math.min(request.start ?? 0, duration);
  const to = Math.min(request.end ?? duration, duration);
  return Math.max(1, Math.round((whole * (to - from)) / duration));
}
