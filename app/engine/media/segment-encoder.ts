import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CancelledError, UserError, type Rational } from '../../shared';
import {
  ALPHA_PLANE,
  frameBytes,
  opaqueTwin,
  pixelFormat,
  planeSize,
  type Frame,
  type PixelFormat,
  type StreamFormat,
} from '../frames';
import { fileUrl, startTool, ToolFailure } from './child';
import { diskFull, isFull, sync } from './disk';
import type { EncoderSpec } from './encoder';
import { passthroughFlags, QUIET } from './ffmpeg-flags';
import { nutFrameHead, nutHeader, rawFourcc } from './nut-writer';
import type { MediaTools } from './tools';

/** What writes one file of a segment. */
export interface SegmentEncoder {
  /** Takes one frame's content; waits while the encoder is behind. The frame stays the caller's. */
  write(frame: Frame): Promise<void>;
  /** Ends the file and puts it safely on disk; its size. @throws UserError disk-full, tool-failed */
  finish(): Promise<number>;
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
  return new FfmpegSegmentEncoder(tools, options, coloursOf(options), options.encoder.args);
}

/** The alpha of the same frames as a grey piece of its own. @throws Error where the encoder has none for it */
export function openAlphaEncoder(tools: MediaTools, options: SegmentEncoderOptions): SegmentEncoder {
  const { alphaArgs } = options.encoder;
  if (!alphaArgs) throw new Error(`${options.encoder.codec} has no alpha of its own.`);
  return new FfmpegSegmentEncoder(tools, options, alphaOf(options), alphaArgs);
}

/** The part of frames that a process is fed. */
interface FedPart {
  readonly format: PixelFormat;
  /** Of a frame; until the next one is asked for. */
  readonly bytes: (frame: Frame) => Uint8Array;
}

function coloursOf({ stream, encoder }: SegmentEncoderOptions): FedPart {
  if (encoder.alphaArgs === null) return { format: stream.format, bytes: (frame) => frame.bytes };
  const format = opaqueTwin(stream.format);
  const size = frameBytes(format, stream.width, stream.height);
  return { format, bytes: (frame) => frame.bytes.subarray(0, size) };
}

/** Alpha as the luma of a picture without colour: encoders seldom know grey. */
function alphaOf({ stream: { width, height } }: SegmentEncoderOptions): FedPart {
  const format = pixelFormat('yuv420p');
  if (!format) throw new Error('No format for alpha.');
  const grey = new Uint8Array(frameBytes(format, width, height));
  const luma = planeSize(format, 0, width, height);
  grey.fill(128, luma.width * luma.height);
  return {
    format,
    bytes: (frame) => {
      const alpha = frame.planes[ALPHA_PLANE]?.data;
      if (!(alpha instanceof Uint8Array)) throw new Error('Expected alpha of 8 bits.');
      grey.set(alpha);
      return grey;
    },
  };
}

class FfmpegSegmentEncoder implements SegmentEncoder {
  readonly #process;
  readonly #stop = (): void => {
    this.#process.kill();
  };
  #ended = false;
  #firstPts: number | null = null;

  constructor(
    private readonly tools: MediaTools,
    private readonly options: SegmentEncoderOptions,
    private readonly part: FedPart,
    args: readonly string[],
  ) {
    this.#process = startTool(tools.ffmpeg, encodeArguments(tools, options.path, args), [
      'pipe',
      'ignore',
      'pipe',
    ]);
    void this.#process.ended.then(() => (this.#ended = true));
    options.signal.addEventListener('abort', this.#stop, { once: true });
    if (options.signal.aborted) this.#stop();
  }

  async write(frame: Frame): Promise<void> {
    const { stream, sampleAspectRatio = { num: 1, den: 1 } } = this.options;
    if (this.#firstPts === null) {
      this.#firstPts = frame.pts;
      const { width, height, timeBase, frameRate } = stream;
      const header = { width, height, timeBase, sampleAspectRatio, frameRate };
      await this.#send(
        nutHeader({
          ...header,
          fourcc: rawFourcc(this.part.format),
          decodeDelay: 0,
          extradata: new Uint8Array(0),
        }),
      );
    }
    const bytes = this.part.bytes(frame);
    await this.#send(nutFrameHead({ pts: frame.pts - this.#firstPts, size: bytes.length, key: true }));
    await this.#send(bytes);
  }

  async finish(): Promise<number> {
    const { path, signal } = this.options;
    this.#process.input?.end();
    const { code } = await this.#process.ended;
    signal.removeEventListener('abort', this.#stop);
    if (signal.aborted || code !== 0) throw await this.#failure();
    await sync(path);
    return (await stat(path)).size;
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

function encodeArguments(tools: MediaTools, path: string, args: readonly string[]): string[] {
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
    ...args,
    // NUT keeps every codec with exact times.
    '-f',
    'nut',
    fileUrl(path),
  ];
}
