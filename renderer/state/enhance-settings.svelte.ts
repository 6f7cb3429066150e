import {
  ENHANCE_SCALES,
  FIT_SIZES,
  fitSchema,
  paceOption,
  PRESETS,
  sameFit,
  type EnhanceScale,
  type Enlargement,
  type Fit,
  type FitSizeName,
  type MediaInfo,
  type Quality,
} from '../../app/shared';
import { Networks, resultSize, type Choice, type QualityChoice } from './networks';
import type { StepValues } from './steps';

/** How the size of the result is said: a factor, a size by name, or one of the user's own. */
export type SizeChoice = EnhanceScale | FitSizeName | 'own';

/** How pictures are enlarged, and by which network. */
export class EnhanceSettings {
  size = $state<SizeChoice>(PRESETS[0]?.enhance ?? ENHANCE_SCALES[0]);
  /** Bounds of the user's own; null where a side is free. */
  ownWidth = $state<number | null>(1920);
  ownHeight = $state<number | null>(1080);
  quality = $state<Quality>('auto');
  restore = $state(false);
  /** Frames a second that `auto` should reach, as entered; null for the video's own rate. */
  pace = $state<number | null>(null);

  constructor(private readonly networks: () => Networks) {}

  /** The bounds to fit, null where a factor is chosen or the user's own are none that a picture can have. */
  get fit(): Fit | null {
    const size = this.size;
    if (typeof size === 'number') return null;
    const named = FIT_SIZES.find(({ name }) => name === size);
    if (named) return named.fit;
    const own = fitSchema.safeParse({
      ...(this.ownWidth === null ? {} : { width: this.ownWidth }),
      ...(this.ownHeight === null ? {} : { height: this.ownHeight }),
    });
    return own.success ? own.data : null;
  }

  /** What the result's size follows, null where the user's own bounds make no sense yet. */
  get enlargement(): Enlargement | null {
    return typeof this.size === 'number' ? this.size : this.fit;
  }

  /** False where the automatic choice is asked for a pace that no video has. */
  get paceMakesSense(): boolean {
    return this.quality !== 'auto' || this.pace === null || paceOption.schema.safeParse(this.pace).success;
  }

  get scaleChoices(): readonly Choice<EnhanceScale>[] {
    return this.networks().scales();
  }

  /** Sizes of network for what is set and the file that is open. */
  qualityChoices(info: MediaInfo): readonly QualityChoice[] {
    const factor = this.resultSize(info)?.factor ?? ENHANCE_SCALES[0];
    return this.networks().qualities(factor, this.restore, info.kind);
  }

  /** Why nothing can be restored now, or null. */
  get restoreReason(): string | null {
    return this.networks().restoreReason(typeof this.size === 'number' ? this.size : null);
  }

  /** The result's size as it will be seen, and the network's factor; null where no size is set. */
  resultSize(info: MediaInfo): ReturnType<typeof resultSize> | null {
    const by = this.enlargement;
    return by === null ? null : resultSize(info, by, this.networks().factors(this.restore));
  }

  get values(): Pick<StepValues, 'scale' | 'fit' | 'quality' | 'pace' | 'restore'> {
    const { fit, quality, restore } = this;
    const pace = this.paceMakesSense ? this.pace : null;
    return { scale: typeof this.size === 'number' ? this.size : null, fit, quality, pace, restore };
  }

  use({ scale, fit, quality, pace, restore }: EnhanceSettings['values']): void {
    if (scale !== null) this.size = scale;
    else if (fit) this.#useFit(fit);
    this.quality = quality;
    this.pace = pace;
    this.restore = restore;
  }

  /** Takes back what can't be had together: a network that is not there for another factor, a pace for a still. */
  settle(info: MediaInfo): void {
    if (info.kind === 'still') this.pace = null;
    if (this.restoreReason !== null) this.restore = false;
    const chosen = this.qualityChoices(info).find(({ value }) => value === this.quality);
    if (chosen?.reason !== null) this.quality = 'auto';
  }

  #useFit(fit: Fit): void {
    this.size = FIT_SIZES.find((named) => sameFit(named.fit, fit))?.name ?? 'own';
    if (this.size !== 'own') return;
    this.ownWidth = fit.width ?? null;
    this.ownHeight = fit.height ?? null;
  }
}
