import {
  throwIfCancelled,
  UserError,
  type EvalSrRequest,
  type EvalSrResult,
  type SrScore,
} from '../../shared';
import type { Plane } from '../frames';
import { chooseBackend, findModel, modelsFor, ofSize, processKernels, type EnhanceModel } from '../runtime';
import { LumaUpscaler } from '../stages';
import { imagePairs, type ImagePair } from './image-pairs';
import { lumaOfRgb, psnr, ssim, type Image } from './metrics';
import { channelOf, readRgb, type RgbImage } from './read-image';

/** Luma of the small picture goes to the network at this depth, so that nothing of 8-bit RGB is lost on the way. */
const LUMA_BITS = 12;

/** SSIM's window has to fit between the borders. */
const LEAST_INSIDE = 11;

/**
 * Super-resolution against originals, as the field measures it: PSNR and SSIM on BT.601 luma
 * (16–235), `scale` border pixels left out.
 *
 * Rounded to 8 bits, as in a file: the network's luma, and the three components of the bicubic
 * enlargement (each enlarged alone; luma is made of the results). Not rounded: the original's luma; the
 * luma that the network is given has 12 bits.
 *
 * @throws UserError no-such-file, no-media, damaged-input, unsupported-input, model-missing
 */
export async function evalSr(
  request: EvalSrRequest,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<EvalSrResult> {
  const { directory, scale } = request;
  const pairs = await imagePairs(directory);
  const model = await modelFor(request, onProgress);
  const backend = await chooseBackend('auto');
  const upscaler = await LumaUpscaler.open(model, backend, { note: onProgress });
  const images: EvalSrResult['images'][number][] = [];
  try {
    for (const pair of pairs) {
      throwIfCancelled(signal);
      const { high, low } = await readPair(pair, scale);
      const original = { ...high, data: lumaOfRgb(high.data, high.width, high.height) };
      const byModel = await enlargeByModel(low, upscaler);
      const byBicubic = await enlargeBicubic(low, scale);
      const score = ({ image, seconds }: Timed): SrScore => ({
        psnr: psnr(image, original, scale),
        ssim: ssim(image, original, scale),
        secondsPerMegapixel: seconds / ((high.width * high.height) / 1e6),
      });
      images.push({ name: pair.name, model: score(byModel), bicubic: score(byBicubic) });
      onProgress(`${pair.name}: ${images.at(-1)?.model.psnr.toFixed(2)} dB`);
    }
  } finally {
    await upscaler.close();
  }
  return {
    directory,
    scale,
    model: model.manifest.name,
    backend: backend.description,
    images,
    mean: {
      model: mean(images.map((image) => image.model)),
      bicubic: mean(images.map((image) => image.bicubic)),
    },
  };
}

/** The model that is asked for by name or by size; the largest where nothing is said. */
async function modelFor(
  { scale, quality, restore = false, model }: EvalSrRequest,
  onProgress: (line: string) => void,
): Promise<EnhanceModel> {
  if (model !== undefined) return findModel(scale, model);
  const models = await modelsFor({ scale, restore });
  const found = ofSize(models, quality ?? 'standard');
  if (!found) throw new Error('Expected at least one model.');
  if (quality !== undefined && found.manifest.size !== quality)
    onProgress(`There is no ${quality} network for ×${scale}: the ${found.manifest.size} one is measured.`);
  return found;
}

interface Timed {
  readonly image: Image;
  readonly seconds: number;
}

async function readPair(pair: ImagePair, scale: number): Promise<{ high: RgbImage; low: RgbImage }> {
  const [high, low] = await Promise.all([readRgb(pair.high), readRgb(pair.low)]);
  if (high.width !== low.width * scale || high.height !== low.height * scale)
    throw new UserError(
      'unsupported-input',
      `${pair.high} (${high.width}×${high.height}) is not ${scale} times as large as ${pair.low} (${low.width}×${low.height}): check --scale, or crop the original.`,
    );
  if (Math.min(high.width, high.height) - 2 * scale < LEAST_INSIDE)
    throw new UserError(
      'unsupported-input',
      `${pair.high} is too small to be measured: use pictures of at least ${LEAST_INSIDE + 2 * scale} pixels a side.`,
    );
  return { high, low };
}

async function enlargeByModel(low: RgbImage, upscaler: LumaUpscaler): Promise<Timed> {
  const unit = 2 ** (LUMA_BITS - 8);
  const luma = lumaOfRgb(low.data, low.width, low.height);
  const source: Plane = { ...low, data: Uint16Array.from(luma, (value) => Math.round(value * unit)) };
  const width = low.width * upscaler.scale;
  const height = low.height * upscaler.scale;
  const target: Plane = { width, height, data: new Uint16Array(width * height) };
  const coding = { bitDepth: LUMA_BITS, range: 'limited' } as const;
  // The first run of a size makes buffers, which a video does once.
  await upscaler.enlarge(source, target, coding);
  const seconds = await timed(() => upscaler.enlarge(source, target, coding));
  return {
    image: { width, height, data: target.data.map((code) => Math.min(255, Math.round(code / unit))) },
    seconds,
  };
}

/** As MATLAB's `imresize` does with 8-bit pictures: down first, then across, rounded after each. */
async function enlargeBicubic(low: RgbImage, scale: number): Promise<Timed> {
  const width = low.width * scale;
  const height = low.height * scale;
  const kernels = processKernels();
  const between = new Uint8Array(low.width * height);
  const channels = [0, 1, 2].map((channel) => ({
    from: channelOf(low, channel),
    to: new Uint8Array(width * height),
  }));
  const seconds = await timed(async () => {
    for (const { from, to } of channels) {
      await kernels.resizeBicubic(from, low.width, low.height, between, low.width, height);
      await kernels.resizeBicubic(between, low.width, height, to, width, height);
    }
  });
  const rgb = new Uint8Array(3 * width * height);
  for (const [channel, { to }] of channels.entries())
    for (let index = 0; index < to.length; index++) rgb[3 * index + channel] = to[index] ?? 0;
  return { image: { width, height, data: lumaOfRgb(rgb, width, height) }, seconds };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function mean(scores: readonly SrScore[]): SrScore {
  const of = (value: (score: SrScore) => number): number =>
    scores.reduce((sum, score) => sum + value(score), 0) / scores.length;
  return {
    psnr: of((score) => score.psnr),
    ssim: of((score) => score.ssim),
    secondsPerMegapixel: of((score) => score.secondsPerMegapixel),
  };
}
