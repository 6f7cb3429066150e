import { once } from 'node:events';
import { open, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { dirname } from 'node:path';
import { CancelledError, UserError } from '../../shared';
import type { Frame, StreamFormat } from '../frames';
import { inputPath, startTool } from './child';
import type { EncoderSpec } from './encoder';
import { passthroughFlags } from './ffmpeg-flags';
import { nutFrameHead, nutHeader } from './nut';
import type { MediaTools } from './tools';

/** A closed segment. Times in ticks of the stream's time base. */
export interface SegmentFacts {
  readonly bytes: number;
  readonly frames: number;
  readonly firstPts: number;
  readonly lastPts: number;
  /** End of the last frame. */
  readonly endPts: number;
}

export interface SegmentEncoder {
  /** Takes one frame's content; waits while the encoder is behind. The frame stays the caller's. */
  write(frame: Frame): Promise<void>;
  /** Ends the segment and puts it safely on disk. @throws UserError disk-full, tool-failed */
  finish(): Promise<SegmentFacts>;
  /** Drops it. Never throws. */
  abort(): Promise<void>;
}

export interface SegmentEncoderOptions {
  readonly stream: StreamFormat;
  readonly encoder: EncoderSpec;
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * One self-contained piece of the result, encoded by an ffmpeg of its own: it begins with a key frame
 * and depends on nothing before it. Its times start at zero; its place is in its facts.
 */
export function openSegmentEncoder(tools: MediaTools, options: SegmentEncoderOptions): SegmentEncoder {
  const { stream, encoder, path, signal } = options;
  const process = startTool(tools.ffmpeg, encodeArguments(tools, options), ['pipe', 'ignore', 'pipe']);
  const input = process.child.stdin as Writable;
  // A dead encoder shows in its exit; the broken pipe itself says nothing more.
  input.on('error', () => undefined);
  const stop = (): void => {
    process.kill();
  };
  signal.addEventListener('abort', stop, { once: true });

  let ended = false;
  void process.ended.then(() => (ended = true));
  let frames = 0;
  let firstPts = 0;
  let lastPts = 0;
  let lastDuration: number | null = null;
  let lastStep = 1;
  let distance = 0;

  const send = async (bytes: Uint8Array): Promise<void> => {
    if (ended) throw await failure();
    if (!input.write(bytes)) await Promise.race([once(input, 'drain'), process.ended]);
    if (signal.aborted) throw new CancelledError();
  };

  const failure = async (): Promise<Error> => {
    const { code, error } = await process.ended;
    if (signal.aborted) return new CancelledError();
    const said = process.stderr().trim();
    const cause = error ?? new Error(`ffmpeg ended with ${code}: ${said}`);
    if (/No space left on device|ENOSPC|Disk quota exceeded/i.test(said)) {
      return new UserError(
        'disk-full',
        `The disk of ${dirname(dirname(path))} is full: free some space and start again; finished segments are kept.`,
        { cause },
      );
    }
    return new UserError(
      'tool-failed',
      `Encoding ${encoder.codec} failed (${lastLine(said) || `exit code ${code}`}): try another --codec.`,
      { cause },
    );
  };

  return {
    async write(frame) {
      if (frames === 0) {
        firstPts = frame.pts;
        await send(nutHeader(stream.format, stream.width, stream.height, stream.timeBase));
      } else {
        lastStep = frame.pts - lastPts;
      }
      lastPts = frame.pts;
      lastDuration = frame.duration;
      frames++;
      const head = nutFrameHead(frame.pts - firstPts, frame.bytes.length, distance);
      distance = head.length + frame.bytes.length;
      await send(head);
      await sendAll(frame.bytes);
    },

    async finish() {
      input.end();
      const { code, error } = await process.ended;
      signal.removeEventListener('abort', stop);
      if (code !== 0 || error) throw await failure();
      await sync(path);
      await sync(dirname(path));
      return {
        bytes: (await stat(path)).size,
        frames,
        firstPts,
        lastPts,
        endPts: lastPts + (lastDuration ?? lastStep),
      };
    },

    async abort() {
      signal.removeEventListener('abort', stop);
      process.kill();
      await process.ended;
    },
  };

  /** The frame's memory is reused after `write`, so its last byte must be in the pipe by then. */
  async function sendAll(bytes: Uint8Array): Promise<void> {
    if (ended) throw await failure();
    await new Promise<void>((resolve) => {
      input.write(bytes, () => {
        resolve();
      });
    });
    if (signal.aborted) throw new CancelledError();
    if (ended) throw await failure();
  }
}

function encodeArguments(tools: MediaTools, { stream, encoder, path }: SegmentEncoderOptions): string[] {
  const { range, rangeStated } = stream.colour;
  return [
    '-y',
    '-copyts',
    // What comes in is what goes out: newer ffmpegs convert between ranges where the two differ.
    ...(rangeStated ? ['-color_range', range === 'full' ? 'pc' : 'tv'] : []),
    '-f',
    'nut',
    '-i',
    'pipe:0',
    ...passthroughFlags(tools),
    ...encoder.args,
    '-f',
    'nut',
    inputPath(path),
  ];
}

async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function lastLine(text: string): string {
  return text.split('\n').at(-1)?.trim() ?? '';
}
