import { extensionOf, FFMPEG_STILLS, UserError } from '../../shared';
import { inputArguments, runTool, ToolFailure } from './child';
import { QUIET } from './ffmpeg-flags';
import type { MediaTools } from './tools';

const TIMEOUT_MS = 60_000;

/**
 * What sharp reads a still from: its path, or its pixels as a PNG where ffmpeg alone knows the format.
 * @throws UserError not-media
 */
export async function stillSource(tools: MediaTools, path: string): Promise<string | Buffer> {
  if (!FFMPEG_STILLS.includes(extensionOf(path))) return path;
  try {
    return await runTool(
      tools.ffmpeg,
      [...QUIET, ...inputArguments(path), '-frames:v', '1', '-c:v', 'png', '-f', 'image2pipe', 'pipe:1'],
      { timeoutMs: TIMEOUT_MS },
    );
  } catch (cause) {
    if (!(cause instanceof ToolFailure)) throw cause;
    throw new UserError(
      'not-media',
      `${path} is no image that can be read: check that it is the right file.`,
      { cause },
    );
  }
}
