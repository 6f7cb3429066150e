import { ENHANCE_SCALES, type EnhanceScale, type StageRequest } from '../../../shared';
import {
  ALPHA_PLANE,
  FramePool,
  type Frame,
  type Plane,
  type Stage,
  type StageContext,
  type StagePlan,
  type StreamFormat,
  type Support,
} from '../../frames';
import { chooseBackend, modelScales, modelsFor, modelsOf, processKernels } from '../../runtime';
import { chromaPhase } from './chroma-siting';
import { LumaUpscaler } from './luma-upscaler';
import { chooseModel } from './model-choice';
import { planSize } from './size-plan';

export type EnhanceRequest = Extract<StageRequest, { kind: 'enhance' }>;

/** Enlarged frames that may be out at once: those queued before the encoder, one in its hands, one in the making. */
const FRAMES_OUT = 5;

/** Encoders take no larger pictures (AV1 and HEVC at their highest levels). */
const MOST_PIXELS_A_SIDE = 16_384;

interface Opened {
  /** Null where the picture is only resized. */
  readonly upscaler: LumaUpscaler | null;
  readonly pool: FramePool;
  readonly input: StreamFormat;
  /** Luma as the network gives it, where that is not the result's size yet. */
  readonly between: Plane | null;
}

/** Super-resolution: luma by the network, chroma by bicubic interpolation; then a resize where a size is to be fitted. */
export class Enhance implements Stage {
  readonly request: EnhanceRequest;
  #opened: Opened | null = null;

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
    this.#opened = {
      upscaler: chosen && (await LumaUpscaler.open(chosen.model, backend, { note })),
      pool: new FramePool(output, FRAMES_OUT),
      input,
      between: size.scale === null ? null : planeBetween(input, output, size.scale),
    };
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
    const { pool } = this.#opened;
    let result: Frame | null = null;
    try {
      const { pts, sourcePts, restartPts, duration, sceneCutBefore, found } = frame;
      result = await pool.take({ pts, sourcePts, restartPts, duration, sceneCutBefore, found });
      for (const [index, target] of result.planes.entries()) {
        const source = frame.planes[index];
        if (!source) throw new Error('Expected as many planes in as out.');
        if (index === 0) await resizeLuma(source, target, this.#opened);
        else if (index === ALPHA_PLANE) await resizePlain(source, target, this.#opened);
        else await resizeChroma(source, target, this.#opened);
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
    await this.#opened?.upscaler?.close();
    this.#opened = null;
  }
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

function planeBetween(input: StreamFormat, output: StreamFormat, scale: EnhanceScale): Plane | null {
  const [width, height] = [input.width * scale, input.height * scale];
  if (width === output.width && height === output.height) return null;
  const samples = width * height;
  const data = input.format.bitDepth > 8 ? new Uint16Array(samples) : new Uint8Array(samples);
  return { width, height, data };
}

async function resizeLuma(source: Plane, target: Plane, opened: Opened): Promise<void> {
  const { upscaler, between, input } = opened;
  const { bitDepth } = input.format;
  const enlarged = between ?? target;
  if (upscaler) await upscaler.enlarge(source, enlarged, { bitDepth, range: input.colour.range });
  const from = upscaler ? enlarged : source;
  if (from !== target) await resizePlain(from, target, opened);
}

/** Bicubic resize of a plane with a sample for each pixel. */
async function resizePlain(source: Plane, target: Plane, { input }: Opened): Promise<void> {
  await processKernels().resizeBicubic(
    source.data,
    source.width,
    source.height,
    target.data,
    target.width,
    target.height,
    { maxCode: 2 ** input.format.bitDepth - 1 },
  );
}

/** Bicubic resize of a chroma plane that keeps every sample where its luma is. */
async function resizeChroma(source: Plane, target: Plane, { input, pool }: Opened): Promise<void> {
  const { format, colour } = input;
  const scale = { x: pool.stream.width / input.width, y: pool.stream.height / input.height };
  const phase = chromaPhase(colour.chromaLocation, scale, format.chromaShiftX, format.chromaShiftY);
  await processKernels().resizeBicubic(
    source.data,
    source.width,
    source.height,
    target.data,
    target.width,
    target.height,
    {
      phaseX: phase.x,
      phaseY: phase.y,
      // Chroma of an odd width is rounded up: its own sizes tell a wrong step.
      stepX: 1 / scale.x,
      stepY: 1 / scale.y,
      maxCode: 2 ** format.bitDepth - 1,
    },
  );
}
