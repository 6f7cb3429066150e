import { ENHANCE_SCALES, type EnhanceScale, type StageRequest } from '../../../shared';
import {
  FramePool,
  type Frame,
  type PooledFrame,
  type Stage,
  type StageContext,
  type StagePlan,
  type StreamFormat,
  type Support,
} from '../../frames';
import {
  chooseBackend,
  modelScales,
  modelsFor,
  modelsOf,
  type BackendChoice,
  type EnhanceModel,
} from '../../runtime';
import type { FrameSizes, FrameWay } from './frame-way';
import { GpuWay } from './gpu-way';
import { LumaUpscaler } from './luma-upscaler';
import { chooseModel } from './model-choice';
import { ProcessorWay } from './processor-way';
import { planSize } from './size-plan';

export type EnhanceRequest = Extract<StageRequest, { kind: 'enhance' }>;

/** Enlarged frames that may be out at once: those queued before the encoder, one in its hands, one in the making. */
const FRAMES_OUT = 5;

/** Encoders take no larger pictures (AV1 and HEVC at their highest levels). */
const MOST_PIXELS_A_SIDE = 16_384;

interface Opened {
  readonly way: FrameWay;
  readonly pool: FramePool;
}

/** A frame in the making. */
interface Pending {
  readonly result: PooledFrame;
  readonly done: Promise<void>;
}

/** Super-resolution: luma by the network, chroma by bicubic interpolation; then a resize where a size is to be fitted. */
export class Enhance implements Stage {
  readonly request: EnhanceRequest;
  #opened: Opened | null = null;
  /** In the order in which they came. */
  readonly #pending: Pending[] = [];

  constructor(request: EnhanceRequest) {
    this.request = request;
  }

  static supports(input: StreamFormat, request: EnhanceRequest): Support {
    const side = Math.max(input.width, input.height) * (request.scale ?? 1);
    if (request.fit !== undefined || side <= MOST_PIXELS_A_SIDE) return { supported: true };
    return {
      supported: false,
      reason: `Enlarged by ${request.scale} the picture would be ${side} pixels long, and no codec takes more than ${MOST_PIXELS_A_SIDE}: use a smaller source, or --fit.`,
    };
  }

  async init(context: StageContext): Promise<StagePlan> {
    const { input, display, still, note } = context;
    const { scale, fit, restore = false } = this.request;
    const backend = await chooseBackend(context.backend);
    const size = planSize({
      input,
      display,
      still,
      scale,
      fit,
      restore,
      scales: await scalesFor(this.request),
    });
    if (size.note !== null) note(size.note);
    const chosen = size.scale === null ? null : await chooseModel(this.request, size.scale, context, backend);
    if (chosen?.notable) note(chosen.reason);
    const output = { ...input, width: size.width, height: size.height };
    const way = await openWay(chosen?.model ?? null, backend, { input, output }, context);
    this.#opened = { way, pool: new FramePool(output, FRAMES_OUT + way.ahead) };
    const manifest = chosen?.model.manifest;
    const by = manifest ? `${manifest.name}@${manifest.version} ${manifest.sha256}` : 'bicubic';
    return {
      output,
      display: size.display,
      window: { past: 0, future: 0 },
      rate: 1,
      identity: `enhance ${size.width}×${size.height} by ${by}`,
      choice:
        chosen && manifest
          ? { stage: 'enhance', model: manifest.name, title: manifest.title, reason: chosen.reason }
          : null,
      backend: backend.description,
    };
  }

  async *process(frame: Frame): AsyncGenerator<Frame> {
    if (!this.#opened) throw new Error('Expected init before process.');
    const { way, pool } = this.#opened;
    const { pts, sourcePts, restartPts, duration, sceneCutBefore, found } = frame;
    const stamp = { pts, sourcePts, restartPts, duration, sceneCutBefore, found };
    const result = await pool.take(stamp).catch((error: unknown) => {
      frame.release();
      throw error;
    });
    // The source is free again as soon as it was read, whenever somebody asks for the result.
    const done = way.enlarge(frame.planes, result.planes).finally(() => {
      frame.release();
    });
    done.catch(() => undefined);
    this.#pending.push({ result, done });
    while (this.#pending.length >= way.ahead) yield await this.#next();
  }

  async *flush(): AsyncGenerator<Frame> {
    while (this.#pending.length > 0) yield await this.#next();
  }

  async close(): Promise<void> {
    for (const { result, done } of this.#pending.splice(0)) {
      await done.catch(() => undefined);
      result.release();
    }
    await this.#opened?.way.close();
    this.#opened = null;
  }

  /** The frame that came first. */
  async #next(): Promise<Frame> {
    const first = this.#pending.shift();
    if (!first) throw new Error('Expected a frame in the making.');
    try {
      await first.done;
      return first.result;
    } catch (error) {
      first.result.release();
      throw error;
    }
  }
}

/** Through the network on the chosen backend, or bicubically where there is none. */
async function openWay(
  model: EnhanceModel | null,
  backend: BackendChoice,
  sizes: FrameSizes,
  { note, signal }: Pick<StageContext, 'note' | 'signal'>,
): Promise<FrameWay> {
  if (!model) return new ProcessorWay(null, sizes);
  const { adapter } = backend;
  if (adapter !== undefined) return GpuWay.open({ ...sizes, model, adapter, note });
  return new ProcessorWay(await LumaUpscaler.open(model, backend, { note, signal }), sizes);
}

/** Factors of the models that a request may mean. @throws UserError model-missing */
async function scalesFor(request: EnhanceRequest): Promise<readonly EnhanceScale[]> {
  const { scale, restore = false, model } = request;
  const all = await modelsOf('enhance');
  const named = all.find(({ manifest }) => manifest.name === model);
  const there = named ? [named.manifest.scale] : await modelScales(restore);
  const scales = ENHANCE_SCALES.filter((one) => there.includes(one));
  // Says what there is instead.
  if (scales.length === 0) await modelsFor({ scale: scale ?? 2, restore });
  return scales;
}
