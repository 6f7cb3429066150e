import type { MediaInfo } from '../../shared';
import { ticksToSeconds } from '../frames';

/** Files round times, to a millisecond at worst: a frame may stand so much before its time. */
export const ROUNDING_SECONDS = 0.0005;

/** ffmpeg's words before `-i` for `seconds` after the video's first frame, whenever that is in the file. */
export function seekArguments({ kind, video }: MediaInfo, seconds: number): string[] {
  if (kind === 'still') return [];
  const first = ticksToSeconds(video.startPts ?? 0, video.timeBase);
  const moment = first + seconds - ROUNDING_SECONDS;
  return moment <= 0 ? [] : ['-seek_timestamp', '1', '-ss', moment.toFixed(6)];
}
