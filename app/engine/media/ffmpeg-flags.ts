import type { MediaTools } from './tools';

/** Keep every frame with its own time, in the time base of its source: the flags' names changed with ffmpeg 5.1. */
export function passthroughFlags(tools: MediaTools): string[] {
  return [
    ...(isBefore(tools.ffmpeg.version, 5, 1) ? ['-vsync', 'passthrough'] : ['-fps_mode', 'passthrough']),
    '-enc_time_base',
    '-1',
  ];
}

/** True if an ffmpeg of this version is older than `major.minor`; builds from source (`N-…`) count by their number. */
export function isBefore(version: string, major: number, minor: number): boolean {
  const build = /^N-(\d+)/.exec(version);
  // Revision 107000 was 5.1's time; the builds that packages carry are far on either side.
  if (build) return Number(build[1]) < 107_000;
  const match = /^n?(\d+)\.(\d+)/.exec(version);
  if (!match) return false;
  const [, a, b] = match;
  return Number(a) < major || (Number(a) === major && Number(b) < minor);
}
