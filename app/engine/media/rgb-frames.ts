import type { Readable } from 'node:stream';
import { CancelledError, UserError, type MediaInfo } from '../../shared';
import { ByteReader } from './byte-reader';
import { inputArguments, startTool, ToolFailure } from './child';
import { passthroughFlags, QUIET } from './ffmpeg-flags';
import type { MediaTools } from './tools';

/** The raw format of the frames below. */
export const RGB_OUTPUT = ['-f', 'rawvideo', '-pix_fmt', 'rgb24'] as const;

/**
 * By BT.601 whatever the file says, and otherwise as ffmpeg does it by default: so do the readers that training
 * and published figures use (OpenCV, PyAV), and figures are to be compared with theirs.
 */
function toRgb(width: number, height: number): string {
  return `scale=${width}:${height}:in_color_matrix=bt601,format=rgb24`;
}

/**
 * All frames of a video as 8-bit RGB, interleaved, `info.video`'s width × height × 3 bytes each, not
 * turned. For measuring: what is written in the end goes through `openDecoder`, which converts nothing.
 * @throws (while iterating) UserError damaged-input, CancelledError
 */
export async function* readRgbFrames(
  tools: MediaTools,
  info: MediaInfo,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (signal.aborted) throw new CancelledError();
  const { width, height, index } = info.video;
  const tool = startTool(
    tools.ffmpeg,
    [
      ...QUIET,
      ...inputArguments(info.path, ['-noautorotate']),
      ...['-map', `0:${index}`, '-vf', toRgb(width, height)],
      ...passthroughFlags(tools),
      ...RGB_OUTPUT,
      'pipe:1',
    ],
    ['ignore', 'pipe', 'pipe'],
  );
  const stop = (): void => {
    tool.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!tool.output) throw new Error('ffmpeg has no output.');
    yield* piecesOf(tool.output, width * height * 3);
    const end = await tool.ended;
    if (end.code !== 0) throw new ToolFailure(tools.ffmpeg, end, tool.stderr());
  } catch (cause) {
    if (signal.aborted) throw new CancelledError();
    throw new UserError('damaged-input', `${info.path} can't be decoded: copy or download it again.`, {
      cause,
    });
  } finally {
    signal.removeEventListener('abort', stop);
    tool.kill();
    await tool.ended;
  }
}

/** A stream's bytes in pieces of `size`, each in memory of its own; a rest that fills none is left out. */
export async function* piecesOf(stream: Readable, size: number): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(stream);
  for (;;) {
    const piece = new Uint8Array(size);
    if ((await reader.fill(piece)) < size) return;
    yield piece;
  }
}
