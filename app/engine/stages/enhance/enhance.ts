import type { StageRequest } from '../../../shared';
import {
  FramePool,
  type Frame,
  type Plane,
  type Stage,
  type StageContext,
  type StagePlan,
  type StreamFormat,
  type Support,
} from '../../frames';
import { chooseBackend, findModel, processKernels } from '../../runtime';
import { chromaPhase } from './chroma-siting';
import { LumaUpscaler } from './luma-upscaler';

export type EnhanceRequest = Extract<StageRequest, { kind: 'enhance' }>;

/** Enlarged frames that may be out at once: those queued before the encoder, one in its hands, one in the making. */
const FRAMES_OUT = 5;

/** Encoders take no larger pictures (AV1 and HEVC at their highest levels). */
const MOST_PIXELS_A_SIDE = 16_384;

interface Opened {
  readonly upscaler: LumaUpscaler;
  readonly pool: FramePool;
  readonly input: StreamFormat;
}

/** Super-resolution: luma by the network, chroma by bicubic interpolation. */
export class Enhance implements Stage {
  readonly request: EnhanceRequest;
  #opened: Opened | null = null;

  constructor(request: EnhanceRequest) {
    this.request = request;
  }

  static supports(input: StreamFormat, request: EnhanceRequest): Support {
    const side = Math.max(input.width, input.height) * request.scale;
    if (side <= MOST_PIXELS_A_SIDE) return { supported: true };
    return {
      supported: false,
      reason: `Enlarged by ${request.scale} the picture would be ${side} pixels long, and no codec takes more than ${MOST_PIXELS_A_SIDE}: use a smaller source.`,
    };
  }

  async init(context: StageContext): Promise<StagePlan> {
    const { input, note } = context;
    const { scale } = this.request;
    const backend = await chooseBackend(context.backend);
    const model = await findModel('enhance', scale, this.request.model);
    const upscaler = await LumaUpscaler.open(model, backend, { note });
    const output = { ...input, width: input.width * scale, height: input.height * scale };
    this.#opened = { upscaler, pool: new FramePool(output, FRAMES_OUT), input };
    const { name, version, sha256 } = model.manifest;
    return {
      output,
      window: { past: 0, future: 0 },
      rate: 1,
      identity: `${name}@${version} ${sha256}`,
      backend: backend.description,
    };
  }

  async *process(frame: Frame): AsyncGenerator<Frame> {
    if (!this.#opened) throw new Error('Expected init before process.');
    const { upscaler, pool, input } = this.#opened;
    let result: Frame | null = null;
    try {
      const { pts, sourcePts, duration, sceneCutBefore } = frame;
      result = await pool.take({ pts, sourcePts, duration, sceneCutBefore });
      for (const [index, target] of result.planes.entries()) {
        const source = frame.planes[index];
        if (!source) throw new Error('Expected as many planes in as out.');
        if (index === 0)
          await upscaler.enlarge(source, target, {
            bitDepth: input.format.bitDepth,
            range: input.colour.range,
          });
        else await enlargeChroma(source, target, input, this.request.scale);
      }
    } catch (error) {
      result?.release();
      throw error;
    } finally {
      frame.release();
    }
    yield result;
  }

  async *flush(): AsyncGenerator<Frame> {
    // Every frame stands for itself.
  }

  async close(): Promise<void> {
    await this.#opened?.upscaler.close();
    this.#opened = null;
  }
}

/** Bicubic enlargement of a chroma plane that keeps every sample where its luma is. */
async function enlargeChroma(
  source: Plane,
  target: Plane,
  { format, colour }: StreamFormat,
  scale: number,
): Promise<void> {
  const phase = chromaPhase(colour.chromaLocation, scale, format.chromaShiftX, format.chromaShiftY);
  const size = { width: source.width * scale, height: source.height * scale };
  // Chroma of an odd width is rounded up, so its enlargement can be wider than what is wanted.
  const exact = size.width === target.width && size.height === target.height;
  const data = exact
    ? target.data
    : target.data instanceof Uint16Array
      ? new Uint16Array(size.width * size.height)
      : new Uint8Array(size.width * size.height);
  await processKernels().resizeBicubic(
    source.data,
    source.width,
    source.height,
    data,
    size.width,
    size.height,
    {
      phaseX: phase.x,
      phaseY: phase.y,
      maxCode: 2 ** format.bitDepth - 1,
    },
  );
  if (exact) return;
  for (let row = 0; row < target.height; row++)
    target.data.set(data.subarray(row * size.width, row * size.width + target.width), row * target.width);
}
