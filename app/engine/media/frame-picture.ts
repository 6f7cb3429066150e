import { CancelledError, UserError } from '../../shared';
import type { Display, Frame } from '../frames';
import { startTool, ToolFailure } from './child';
import { colourMarks } from './colour-tags';
import { QUIET } from './ffmpeg-flags';
import { nutFrameHead, nutHeader, rawFourcc } from './nut-writer';
import type { MediaTools } from './tools';
import { BMP_OUTPUT, uprightFilters } from './upright';

export interface FramePictureOptions {
  readonly display: Display;
  readonly maxWidth: number;
  readonly signal: AbortSignal;
}

/**
 * BMP of a frame, upright, with square pixels and at most `maxWidth` wide: by the same conversion as `poster` makes of a file's
 * frame, so that the two can be compared.
 * @throws UserError tool-failed; CancelledError
 */
export async function framePicture(
  tools: MediaTools,
  frame: Frame,
  { display: { rotation, sampleAspectRatio }, maxWidth, signal }: FramePictureOptions,
): Promise<Uint8Array> {
  if (signal.aborted) throw new CancelledError();
  const { width, height, format, timeBase, frameRate, colour } = frame.stream;
  const filters = [...colourMarks(colour), ...uprightFilters(rotation, maxWidth)];
  const tool = startTool(
    tools.ffmpeg,
    [
      ...[...QUIET, '-probesize', '32', '-f', 'nut', '-i', 'pipe:0'],
      ...['-frames:v', '1', '-vf', filters.join(','), ...BMP_OUTPUT, 'pipe:1'],
    ],
    ['pipe', 'pipe', 'pipe'],
  );
  const stop = (): void => {
    tool.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const chunks: Buffer[] = [];
    tool.output?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const header = { width, height, timeBase, frameRate, sampleAspectRatio, fourcc: rawFourcc(format) };
    tool.input?.write(nutHeader({ ...header, decodeDelay: 0, extradata: new Uint8Array(0) }));
    tool.input?.write(nutFrameHead({ pts: 0, size: frame.bytes.length, key: true }));
    tool.input?.end(frame.bytes);
    const end = await tool.ended;
    if (signal.aborted) throw new CancelledError();
    if (end.code === 0 && chunks.length > 0) return Buffer.concat(chunks);
    throw new UserError('tool-failed', 'ffmpeg could not make a picture of a frame: install it again.', {
      cause: new ToolFailure(tools.ffmpeg, end, tool.stderr()),
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
