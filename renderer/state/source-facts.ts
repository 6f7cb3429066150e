import type { MediaInfo, SourceFacts } from '../../app/shared';

/** What the queue keeps of a source. */
export function sourceFacts(info: MediaInfo): SourceFacts {
  const { video, kind, sizeBytes } = info;
  const [width, height] =
    video.rotation % 180 === 0 ? [video.width, video.height] : [video.height, video.width];
  const seconds = video.durationSeconds ?? info.durationSeconds;
  const rate = video.frameRate ? video.frameRate.num / video.frameRate.den : null;
  const frames = video.frameCount ?? (rate === null || seconds === null ? null : Math.round(seconds * rate));
  return {
    kind,
    width,
    height,
    seconds: kind === 'still' ? null : seconds,
    frames: kind === 'still' ? 1 : frames,
    sizeBytes,
  };
}
