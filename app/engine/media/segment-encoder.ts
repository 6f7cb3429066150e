import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CancelledError, UserError, type Rational } from '../../shared';
import type { Frame, StreamFormat } from '../frames';
import { fileUrl, startTool, ToolFailure } from './child';
import { diskFull, isFull, sync } from './disk';
import type { EncoderSpec } from './encoder';
import { passthroughFlags, QUIET } from './ffmpeg-flags';
import { nutFrameHead, nutHeader, rawFourcc } from './nut-writer';
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
  /** Drops it; the file may be there in part. Never throws. */
  abort(): Promise<void>;
}

export interface SegmentEncoderOptions {
  readonly stream: StreamFormat;
  readonly encoder: EncoderSpec;
  readonly path: string;
  readonly signal: AbortSignal;
  /** Width over height of a pixel; square if left out. */
  readonly sampleAspectRatio?: Rational;
}

/**
 * One self-contained piece of the result, encoded by an ffmpeg of its own: it begins with a key frame
 * and depends on nothing before it. Times within count from its first frame, so that the same frames
 * give the same file; its place in the video is in its facts.
 */
export function openSegmentEncoder(tools: MediaTools, options: SegmentEncoderOptions): SegmentEncoder {
  return new FfmpegSegmentEncoder(tools, options);
}

class FfmpegSegmentEncoder implements SegmentEncoder {
  readonly #process;
  readonly #stop = (): void => {
    this.#process.kill();
  };
  #ended = false;
  #frames = 0;
  #firstPts = 0;
  #lastPts = 0;
  #lastDuration: number | null = null;
  #lastStep = 1;

  constructor(
    private readonly tools: MediaTools,
    private readonly options: SegmentEncoderOptions,
  ) {
    this.#process = startTool(tools.ffmpeg, encodeArguments(tools, options), ['pipe', 'ignore', 'pipe']);
    void this.#process.ended.then(() => (this.#ended = true));
    options.signal.addEventListener('abort', this.#stop, { once: true });
    if (options.signal.aborted) this.#stop();
  }

  async write(frame: Frame): Promise<void> {
    const { stream, sampleAspectRatio = { num: 1, den: 1 } } = this.options;
    if (this.#frames === 0) {
      this.#firstPts = frame.pts;
      const { width, height, timeBase, frameRate } = stream;
      const header = { width, height, timeBase, sampleAspectRatio, frameRate };
      await this.#send(
        nutHeader({
          ...header,
          fourcc: rawFourcc(stream.format),
          decodeDelay: 0,
          extradata: new Uint8Array(0),
        }),
      );
    } else {
      this.#lastStep = frame.pts - this.#lastPts;
    }
    this.#lastPts = frame.pts;
    this.#lastDuration = frame.duration;
    this.#frames++;
    const pts = frame.pts - this.#firstPts;
    await this.#send(nutFrameHead({ pts, size: frame.bytes.length, key: true }));
    await this.#send(frame.bytes);
  }

  async finish(): Promise<SegmentFacts> {
    const { path, signal } = this.options;
    this.#process.input?.end();
    const { code } = await this.#process.ended;
    signal.removeEventListener('abort', this.#stop);
    if (signal.aborted || code !== 0) throw await this.#failure();
    await sync(path);
    await sync(dirname(path));
    return {
      bytes: (await stat(path)).size,
      frames: this.#frames,
      firstPts: this.#firstPts,
      lastPts: this.#lastPts,
      endPts: this.#lastPts + (this.#lastDuration ?? this.#lastStep),
    };
  }

  async abort(): Promise<void> {
    this.options.signal.removeEventListener('abort', this.#stop);
    this.#process.kill();
    await this.#process.ended;
  }

  /** Resolves when the last byte is in the pipe: a frame's memory is used again after that. */
  async #send(bytes: Uint8Array): Promise<void> {
    const { input } = this.#process;
    if (this.#ended || !input?.writable) throw await this.#failure();
    await new Promise<void>((resolve) => {
      // An error shows in how the child ended, which says more.
      input.write(bytes, () => {
        resolve();
      });
    });
    if (this.options.signal.aborted) throw new CancelledError();
    if (this.#ended || !input.writable) throw await this.#failure();
  }

  async #failure(): Promise<Error> {
    const { encoder, path, signal } = this.options;
    const cause = new ToolFailure(this.tools.ffmpeg, await this.#process.ended, this.#process.stderr());
    if (signal.aborted) return new CancelledError();
    if (cause.diskFull || (await isFull(path))) return diskFull(dirname(dirname(path)), cause);
    const why = cause.lastLine || `it ended with ${cause.end.signal ?? cause.end.code}`;
    return new UserError('tool-failed', `Encoding ${encoder.codec} failed (${why}): try another --codec.`, {
      cause,
    });
  }
}

function encodeArguments(tools: MediaTools, { encoder, path }: SegmentEncoderOptions): string[] {
  return [
    ...QUIET,
    '-y',
    // Without this ffmpeg would wait for megabytes of frames to guess what the headers say.
    '-probesize',
    '32',
    '-copyts',
    '-f',
    'nut',
    '-i',
    'pipe:0',
    ...passthroughFlags(tools),
    ...encoder.args,
    '-f',
    'nut',
    fileUrl(path),
  ];
}
