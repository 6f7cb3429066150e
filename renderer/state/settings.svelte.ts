import {
  backendOption,
  CODEC_FACTS,
  ENHANCE_SCALES,
  FIT_SIZES,
  fitSchema,
  PRESETS,
  sameFit,
  type Codec,
  type EnhanceScale,
  type Enlargement,
  type Fit,
  type FitSizeName,
  type JobRequest,
  type MediaInfo,
  type ModelManifest,
  type Preset,
  type Quality,
} from '../../app/shared';
import { Networks, resultSize, type Choice, type QualityChoice } from './networks';

const FIRST_PRESET = PRESETS[0];

/** How the size of the result is said: a factor, a size by name, or one of the user's own. */
export type SizeChoice = EnhanceScale | FitSizeName | 'own';

/** How the result is made. Presets set all of it at once; every part can be changed by itself. */
export class Settings {
  /** Networks that are installed, null until the engine has told. */
  models = $state.raw<readonly ModelManifest[] | null>(null);
  size = $state<SizeChoice>(FIRST_PRESET?.enhance ?? ENHANCE_SCALES[0]);
  /** Bounds of the user's own; null where a side is free. */
  ownWidth = $state<number | null>(1920);
  ownHeight = $state<number | null>(1080);
  quality = $state<Quality>('auto');
  restore = $state(false);
  #codec = $state<Codec>(FIRST_PRESET?.codec ?? 'h264');
  #crf = $state<number | null>(FIRST_PRESET?.crf ?? null);
  readonly #networks = $derived(new Networks(this.models));

  get codec(): Codec {
    return this.#codec;
  }

  /** Another codec starts at its own good quality: CRF scales don't compare. */
  set codec(codec: Codec) {
    this.#codec = codec;
    this.#crf = CODEC_FACTS[codec].crf?.default ?? null;
  }

  /** Lower is better and larger; null where the codec has none. */
  get crf(): number | null {
    return this.#crf;
  }

  set crf(crf: number | null) {
    const range = CODEC_FACTS[this.#codec].crf;
    this.#crf = range && crf !== null ? Math.min(range.max, Math.max(0, Math.round(crf))) : null;
  }

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

  /** The preset that says what is set now, or null for settings of one's own. */
  get preset(): Preset | null {
    return PRESETS.find((preset) => this.#says(preset)) ?? null;
  }

  /** Why a preset can't be had here, or null. */
  presetReason({ enhance, fit, restore = false }: Preset): string | null {
    if (enhance === undefined && fit === undefined) return 'only on the command line';
    if (enhance === undefined || this.#networks.has(enhance, restore)) return null;
    return 'network not installed';
  }

  usePreset(preset: Preset): void {
    if (preset.enhance !== undefined) this.size = preset.enhance;
    else if (preset.fit) this.#useFit(preset.fit);
    this.quality = preset.quality ?? 'auto';
    this.restore = preset.restore ?? false;
    this.#codec = preset.codec ?? this.#codec;
    this.#crf = preset.crf ?? CODEC_FACTS[this.#codec].crf?.default ?? null;
  }

  /** Factors that can be chosen. A restoring network may be there for fewer; choosing another turns it off. */
  get scaleChoices(): readonly Choice<EnhanceScale>[] {
    return this.#networks.scales(false);
  }

  /** Sizes of network for what is set and the file that is open. */
  qualityChoices(info: MediaInfo): readonly QualityChoice[] {
    return this.#networks.qualities(this.#factor(info), this.restore, info.kind);
  }

  /** Why nothing can be restored now, or null. */
  get restoreReason(): string | null {
    return this.#networks.restoreReason(typeof this.size === 'number' ? this.size : null);
  }

  /** Takes back what can't be had together: a network that is not there for another factor. */
  settle(info: MediaInfo): void {
    if (this.restoreReason !== null) this.restore = false;
    const chosen = this.qualityChoices(info).find(({ value }) => value === this.quality);
    if (chosen?.reason !== null) this.quality = 'auto';
  }

  /** The result's size as it will be seen, and the network's factor; null where no size is set. */
  resultSize(info: MediaInfo): ReturnType<typeof resultSize> | null {
    const by = this.enlargement;
    return by === null ? null : resultSize(info, by, this.#networks.factors(this.restore));
  }

  /** The job that these settings mean. `replace` where the user agreed to replace `output`. */
  request(input: string, output: string, replace: boolean): JobRequest {
    const { fit } = this;
    const size = this.size;
    return {
      input,
      output,
      stages: [
        {
          kind: 'enhance',
          ...(typeof size === 'number' ? { scale: size } : {}),
          ...(fit === null ? {} : { fit }),
          ...(this.quality === 'auto' ? {} : { quality: this.quality }),
          ...(this.restore ? { restore: true } : {}),
        },
      ],
      codec: this.#codec,
      ...(this.#crf === null ? {} : { crf: this.#crf }),
      backend: backendOption.default ?? 'auto',
      overwrite: replace,
      resume: true,
    };
  }

  #factor(info: MediaInfo): number {
    return this.resultSize(info)?.factor ?? ENHANCE_SCALES[0];
  }

  #useFit(fit: Fit): void {
    this.size = FIT_SIZES.find((named) => sameFit(named.fit, fit))?.name ?? 'own';
    if (this.size !== 'own') return;
    this.ownWidth = fit.width ?? null;
    this.ownHeight = fit.height ?? null;
  }

  #says(preset: Preset): boolean {
    const scale = typeof this.size === 'number' ? this.size : undefined;
    return (
      preset.enhance === scale &&
      sameFit(preset.fit, this.fit) &&
      (preset.quality ?? 'auto') === this.quality &&
      (preset.restore ?? false) === this.restore &&
      preset.codec === this.#codec &&
      (preset.crf ?? null) === this.#crf
    );
  }
}
