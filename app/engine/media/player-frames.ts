import type { FramesRequest, MediaInfo } from '../../shared';
import { UserError } from '../../shared';
import { fileUrl, runTool } from './child';
import { seekArguments } from './seek';
import type { MediaTools } from './tools';

const TIMEOUT_MS = 60_000;
/** ffmpeg's scale of 2 (best) to 31: not to be told from the source at the size of a window. */
const JPEG_QUALITY = '4';

/**
 * Frames of a stretch for a player: JPEGs in a row, upright, in square pixels and at most `maxWidth` wide, one for each
 * tick of `rate`. Fewer come where the file ends; none for a still.
 * @throws UserError damaged-input
 */
export async function playerFrames(
  tools: MediaTools,
  info: MediaInfo,
  { start, seconds, rate, maxWidth }: FramesRequest,
): Promise<Uint8Array> {
  if (info.kind === 'still') return new Uint8Array();
  const filters = [
    `fps=${rate}:start_time=0`,
    "scale='max(1,round(iw*sar))':ih",
    'setsar=1',
    `scale='min(iw,${maxWidth})':-2:flags=fast_bilinear`,
  ];
  try {
    return await runTool(
      tools.ffmpeg,
      [
        ...['-nostdin', '-loglevel', 'error', '-protocol_whitelist', 'file,pipe'],
        ...[...seekArguments(info, start), '-i', fileUrl(info.path), '-t', String(seconds)],
        ...['-map', `0:${info.video.index}`, '-an', '-sn', '-vf', filters.join(',')],
        ...['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', JPEG_QUALITY, '-f', 'image2pipe', 'pipe:1'],
      ],
      { timeoutMs: TIMEOUT_MS },
    );
  } catch (cause) {
    throw new UserError(
      'damaged-input',
      `No picture of ${info.path} could be decoded: it may be damaged; copy or download it again.`,
      { cause },
    );
  }
}
