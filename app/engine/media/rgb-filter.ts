import { CancelledError, UserError } from '../../shared';
import { startTool, ToolFailure } from './child';
import { piecesOf, RGB_OUTPUT } from './rgb-frames';
import type { MediaTools } from './tools';

export interface RgbFilterOptions {
  /** In ffmpeg's words; must not change the frames' size. */
  readonly filter: string;
  readonly width: number;
  readonly height: number;
  /** Frames a second of what goes in. */
  readonly rate: number;
  readonly signal: AbortSignal;
  /** Told at the end: seconds on a processor, ffmpeg's start and pipes included, waiting left out. */
  readonly onComputed?: (seconds: number) => void;
}

/**
 * Runs 8-bit RGB frames (interleaved, width × height × 3 bytes each) through a filter of ffmpeg, a few at a time.
 * @throws (while iterating) UserError tool-failed, CancelledError, what `frames` throws
 */
export async function* filterRgb(
  tools: MediaTools,
  frames: AsyncIterable<Uint8Array>,
  { filter, width, height, rate, signal, onComputed }: RgbFilterOptions,
): AsyncGenerator<Uint8Array> {
  if (signal.aborted) throw new CancelledError();
  const format = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(rate)];
  const tool = startTool(
    tools.ffmpeg,
    // `-benchmark` reports at the level of information.
    [
      ...['-hide_banner', '-nostats', '-loglevel', 'info', '-benchmark'],
      ...[...format, '-i', 'pipe:0', '-vf', filter, ...RGB_OUTPUT, 'pipe:1'],
    ],
    ['pipe', 'pipe', 'pipe'],
  );
  const { input, output } = tool;
  if (!input || !output) throw new Error('ffmpeg has no pipes.');
  const feed = async (): Promise<void> => {
    for await (const frame of frames) {
      if (!input.writable) return;
      // How the child ended says more than a broken pipe.
      await new Promise<void>((done) => input.write(frame, () => done()));
    }
    input.end();
  };
  let sourceError: unknown = null;
  const fed = feed().catch((error: unknown) => {
    sourceError = error;
    tool.kill();
  });
  const stop = (): void => {
    tool.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* piecesOf(output, width * height * 3);
    const end = await tool.ended;
    if (end.code !== 0) throw new ToolFailure(tools.ffmpeg, end, tool.stderr());
    onComputed?.(secondsComputed(tool.stderr()));
  } catch (cause) {
    if (signal.aborted) throw new CancelledError();
    if (sourceError !== null) throw sourceError as Error;
    throw new UserError('tool-failed', `ffmpeg could not run the filter ${filter}: try another ffmpeg.`, {
      cause,
    });
  } finally {
    signal.removeEventListener('abort', stop);
    tool.kill();
    await tool.ended;
    await fed;
  }
}

/** What `-benchmark` says: `bench: utime=0.971s stime=0.036s rtime=1.007s` (older ones leave out stime). */
export function secondsComputed(said: string): number {
  const [, user, system = 0] = /^bench: utime=([\d.]+)s(?: stime=([\d.]+)s)?/m.exec(said) ?? [];
  if (user === undefined) throw new Error(`ffmpeg told no time: ${said}`);
  return Number(user) + Number(system);
}
