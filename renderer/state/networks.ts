import {
  ENHANCE_SCALES,
  isEnhanceManifest,
  factorFor,
  fittedSize,
  measuredPsnr,
  MODEL_SIZES,
  operationsPerPixel,
  type EnhanceManifest,
  type EnhanceScale,
  type Enlargement,
  type MediaInfo,
  type ModelManifest,
  type ModelSize,
  type Quality,
} from '../../app/shared';
import { t } from '../words';

/** A value that can be chosen; `reason` says why not, where it can't be. */
export interface Choice<T> {
  readonly value: T;
  readonly reason: string | null;
}

/** A size of network as it is offered: what it is called, and what it costs and gives. */
export interface QualityChoice extends Choice<Quality> {
  readonly label: string;
  readonly help: string;
}

/** The networks that are installed, as the settings ask for them; `null` until they are known: then nothing is ruled out. */
export class Networks {
  private readonly models: readonly EnhanceManifest[] | null;

  constructor(models: readonly ModelManifest[] | null) {
    this.models = models?.filter(isEnhanceManifest) ?? null;
  }

  /** True where a network for this is there, or nothing is known yet. */
  has(scale: number, restore: boolean, size?: ModelSize): boolean {
    return this.models === null || this.#find(scale, restore, size).length > 0;
  }

  /** Factors as they are offered. A restoring network may be there for fewer: choosing another factor turns it off. */
  scales(): Choice<EnhanceScale>[] {
    return ENHANCE_SCALES.map((scale) => ({
      value: scale,
      reason: this.has(scale, false) ? null : t().networks.noneFor(scale),
    }));
  }

  /** Factors that there are networks for. */
  factors(restore: boolean): EnhanceScale[] {
    return ENHANCE_SCALES.filter((scale) => this.has(scale, restore));
  }

  /** Why nothing can be restored by `scale`, or by any factor, or null. */
  restoreReason(scale: EnhanceScale | null): string | null {
    const factors = this.factors(true);
    if (factors.length === 0) return t().networks.noRestoring;
    return scale === null || factors.includes(scale) ? null : t().networks.noRestoringFor(scale);
  }

  /** All sizes for a factor, `auto` first. */
  qualities(scale: number, restore: boolean, kind: MediaInfo['kind']): QualityChoice[] {
    const auto: QualityChoice = {
      value: 'auto',
      label: t().networks.auto,
      help: kind === 'still' ? t().networks.autoStill : t().networks.autoVideo,
      reason: null,
    };
    return [auto, ...MODEL_SIZES.map((size) => this.#quality(size, scale, restore))];
  }

  #quality(size: ModelSize, scale: number, restore: boolean): QualityChoice {
    const { label, help } = t().networks.sizes[size];
    const [model] = this.#find(scale, restore, size);
    const missing = this.models !== null && !model;
    return {
      value: size,
      label,
      help: model ? t().networks.figures(help, ...figures(model)) : t().sentence(help),
      reason: missing ? t().networks.noSuch(scale, restore) : null,
    };
  }

  #find(scale: number, restore: boolean, size?: ModelSize): EnhanceManifest[] {
    return (this.models ?? []).filter(
      (model) =>
        model.scale === scale && model.restore === restore && (size === undefined || model.size === size),
    );
  }
}

/** `37`, `35.16`: thousands of steps that a pixel of the result costs, and the mean PSNR over test pictures. */
function figures(model: EnhanceManifest): [string, string | null] {
  const thousands = operationsPerPixel(model) / 1000;
  const psnr = measuredPsnr(model);
  return [
    thousands < 10 ? thousands.toFixed(1) : String(Math.round(thousands)),
    psnr === null ? null : psnr.toFixed(2),
  ];
}

/** The size of a result as it will be seen, and the network's factor in it, null where none is needed. */
export function resultSize(
  { kind, video }: MediaInfo,
  by: Enlargement,
  factors: readonly EnhanceScale[],
): { readonly width: number; readonly height: number; readonly factor: number | null } {
  const upright = video.rotation % 180 === 0;
  const turned = (width: number, height: number, factor: number | null): ReturnType<typeof resultSize> =>
    upright ? { width, height, factor } : { width: height, height: width, factor };
  if (typeof by === 'number') return turned(video.width * by, video.height * by, by);
  // As the engine: sides are even where chroma is subsampled.
  const unit = kind === 'still' || /444|rgb|gbr|bgr/.test(video.pixelFormat) ? 1 : 2;
  const size = fittedSize(video, by, unit);
  return turned(size.width, size.height, factorFor(size, factors));
}
