import type { MediaTools } from './tools';

/** libavcodec's major version of ffmpeg releases whose flags differ from those before. */
const FFMPEG_6 = 60;
const FFMPEG_7 = 61;

/** What every call of ffmpeg begins with. */
export const QUIET = ['-nostdin', '-hide_banner', '-loglevel', 'error'] as const;

/** Keeps every frame with its own time, in the time base that it came with. */
export function passthroughFlags(tools: MediaTools): string[] {
  return [
    ...(tools.avcodecMajor >= FFMPEG_6 ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough']),
    '-enc_time_base',
    tools.avcodecMajor >= FFMPEG_7 ? 'demux' : '-1',
  ];
}

/** How a picture is marked as turned clockwise by `rotation` degrees: an option of its input in newer versions, a tag in older ones. */
export function rotationFlags(
  tools: MediaTools,
  rotation: number,
  outputIndex: number,
): { readonly input: readonly string[]; readonly output: readonly string[] } {
  if (rotation === 0) return { input: [], output: [] };
  if (tools.avcodecMajor >= FFMPEG_6) {
    return { input: ['-display_rotation', String(-rotation)], output: [] };
  }
  // Since 2017 the tag turns the other way from the one that those versions report of a file.
  return { input: [], output: [`-metadata:s:${outputIndex}`, `rotate=${360 - rotation}`] };
}
