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
  type Preset,
  type Quality,
  type StageRequest,
} from '../../../app/shared';
import { Networks, resultSize, type Choice, type QualityChoice } from '../networks';
import type { StepKind, StepSettings } from './step';

/** How the size of the result is said: a factor, a size by name, or one of the user's own. */
export type SizeChoice = EnhanceScale | FitSizeName | 'own';

/** How pictures are enlarged, and by which network. */
export class EnhanceSettings implements StepSettings {
  readonly kinds = ['enhance'] as const;
  readonly fields: readonly (keyof EnhanceSettings)[] = [
    'size',
    'ownWidth',
    'ownHeight',
    'quality',
    'restore',
    'pace',
  ];
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

  allowed(): boolean {
    return true;
  }

  stage(): StageRequest | null {
    const { fit, size, quality, pace, restore } = this;
    if (!this.paceMakesSense || (typeof size !== 'number' && fit === null)) return null;
    return {
      kind: 'enhance',
      ...(typeof size === 'number' ? { scale: size } : {}),
      ...(fit === null ? {} : { fit }),
      ...(quality === 'auto' ? {} : { quality }),
      ...(quality !== 'auto' || pace === null ? {} : { pace }),
      ...(restore ? { restore } : {}),
    };
  }

  factor(_kind: StepKind, info: MediaInfo): number | null {
    return this.resultSize(info)?.factor ?? null;
  }

  said(stage: StageRequest): ReturnType<StepSettings['said']> {
    if (stage.kind !== 'enhance') return null;
    const { scale: enhance, fit, quality, pace, restore } = stage;
    const said = { enhance, fit, quality, pace, restore };
    const preset = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    return { kinds: this.kinds, preset };
  }

  read({ enhance, fit, quality, pace, restore }: Preset): readonly StepKind[] {
    if (enhance !== undefined) this.size = enhance;
    else if (fit) this.#useFit(fit);
    this.quality = quality ?? 'auto';
    this.pace = pace ?? null;
    this.restore = restore ?? false;
    return enhance !== undefined || fit !== undefined ? this.kinds : [];
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
