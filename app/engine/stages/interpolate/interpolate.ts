import { MOST_NEW_FRAMES, UserError, type StageRequest } from '../../../shared';
import {
  ALPHA_PLANE,
  FramePool,
  ticksToSeconds,
  type Frame,
  type Plane,
  type PooledFrame,
  type Stage,
  type StageContext,
  type StagePlan,
  type StreamFormat,
  type Support,
} from '../../frames';
import { processKernels } from '../../runtime';
import { chooseSynthesizer } from './choose-synthesizer';
import { pictureCoding } from '../pictures';
import { Shot, type MadePicture, type Shown } from './shot';
import type { SourcePicture } from './source-picture';
import { timingOf } from './timing';

export type InterpolateRequest = Extract<StageRequest, { kind: 'interpolate' }>;

/** Frames out at once: those queued before the encoder, one in its hands, one in the making. */
const FRAMES_OUT = 5;

interface Opened {
  readonly shot: Shot;
  readonly pool: FramePool;
  readonly input: StreamFormat;
  readonly coding: ReturnType<typeof pictureCoding>;
  readonly by: string;
}

/** New frames between those that are there, and motion blur taken away; see `Shot` for what comes between which. */
export class Interpolate implements Stage {
  readonly request: InterpolateRequest;
  #opened: Opened | null = null;
  #frames = 0;
  #lastPts = -Infinity;

  constructor(request: InterpolateRequest) {
    this.request = request;
  }

  static supports({ format }: StreamFormat, request: InterpolateRequest): Support {
    if (format.planes > ALPHA_PLANE)
      return {
        supported: false,
        reason:
          'New frames can not be made of cut-outs: put --interpolate, --slow and --deblur before --segment.',
      };
    const [factor, slow] = factorsOf(request);
    if (factor * slow <= MOST_NEW_FRAMES) return { supported: true };
    return {
      supported: false,
      reason: `×${factor} and ${slow} times slower would make ${factor * slow} frames of one: at most ${MOST_NEW_FRAMES} can be made.`,
    };
  }

  async init(context: StageContext): Promise<StagePlan> {
    const { input, still } = context;
    const { slowSound = 'stretch' } = this.request;
    const [factor, slow] = factorsOf(this.request);
    if (still)
      throw new UserError(
        'unsupported-input',
        'A still picture has no motion: give --interpolate, --slow and --deblur a video.',
      );
    const chosen = await chooseSynthesizer(this.request, context);
    const { count, timeBase, frameRate } = timingOf(input, factor, slow);
    const output = { ...input, timeBase, frameRate };
    this.#opened = {
      shot: new Shot(chosen.synthesizer, input, count),
      pool: new FramePool(output, FRAMES_OUT),
      input,
      coding: pictureCoding(input),
      by: chosen.name,
    };
    return {
      output,
      window: chosen.synthesizer.window,
      rate: count,
      ...(slow === 1 ? {} : { slow: { factor: slow, sound: slowSound } }),
      identity: `interpolate ×${factor}, ${slow} times slower, by ${chosen.identity}`,
      choice: chosen.choice,
      backend: chosen.backend,
    };
  }

  async *process(frame: Frame): AsyncGenerator<Frame> {
    const opened = this.#open();
    try {
      this.#check(frame, opened.input);
      yield* this.#made(opened.shot.take(frame));
    } finally {
      frame.release();
    }
  }

  async *flush(): AsyncGenerator<Frame> {
    yield* this.#made(this.#open().shot.end());
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.shot.close();
  }

  async *#made(shown: AsyncIterable<Shown>): AsyncGenerator<Frame> {
    for await (const one of shown) yield await this.#frameOf(one);
  }

  async #frameOf({ picture, slot, made, restartPts }: Shown): Promise<Frame> {
    const { pool } = this.#open();
    const first = slot.time === 0 && picture.sceneCutBefore;
    // In new pictures nobody looked for objects; held ones show the same.
    const found = slot.time === null || slot.time === 0 ? picture.found : null;
    const frame = await pool.take({ ...slot, restartPts, sceneCutBefore: first, found });
    try {
      if (made === null) frame.bytes.set(picture.bytes);
      else await this.#draw(made, picture, frame);
      // Held, and beside new ones, it stays as it was shown.
      if (made !== null && slot.time === 0) picture.bytes.set(frame.bytes);
      return frame;
    } catch (error) {
      frame.release();
      throw error;
    }
  }

  /** The codes of what was made; where nothing moves, those of the picture before. */
  async #draw(made: MadePicture, before: SourcePicture, frame: PooledFrame): Promise<void> {
    const { coding, by } = this.#open();
    const kernels = processKernels();
    const codes = codesOf(frame.planes);
    let odd: number;
    if (made.picture instanceof Float32Array) odd = await kernels.rgbToPlanes(made.picture, codes, coding);
    else {
      odd = made.picture.odd;
      for (const [index, plane] of made.picture.planes.entries()) codes[index]?.set(plane);
    }
    if (odd > 0) {
      const at = ticksToSeconds(frame.pts, frame.stream.timeBase).toFixed(3);
      throw new UserError(
        'bad-result',
        `${by} gave ${odd} pixels that are no numbers for the frame at ${at} s; nothing wrong was written. Please report this.`,
      );
    }
    if (made.still) await kernels.keepStill(codesOf(before.planes), codes, made.still, coding);
  }

  /** @throws UserError damaged-input that names the frame */
  #check(frame: Frame, input: StreamFormat): void {
    this.#frames++;
    const at = `Frame ${this.#frames} (at ${ticksToSeconds(frame.pts, input.timeBase).toFixed(3)} s)`;
    const { width, height } = frame.stream;
    if (width !== input.width || height !== input.height)
      throw new UserError(
        'damaged-input',
        `${at} is ${width}×${height}, those before it are ${input.width}×${input.height}: convert the video to one size first.`,
      );
    if (frame.pts <= this.#lastPts)
      throw new UserError(
        'damaged-input',
        `${at} does not come after the one before it: copy the video into a new file first, which gives its frames new times.`,
      );
    this.#lastPts = frame.pts;
  }

  #open(): Opened {
    if (!this.#opened) throw new Error('Expected init before process.');
    return this.#opened;
  }
}

function codesOf(planes: readonly Plane[]): Plane['data'][] {
  return planes.map(({ data }) => data);
}

/** By what the frame rate is multiplied, and time. */
function factorsOf({ factor, slow }: InterpolateRequest): readonly [rate: number, time: number] {
  return [factor ?? 1, slow ?? 1];
}
