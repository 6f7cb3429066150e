import {
  backendOption,
  CODEC_FACTS,
  isInterpolateManifest,
  PRESETS,
  type Codec,
  type JobRequest,
  type MediaInfo,
  type ModelManifest,
  type Preset,
  type StageRequest,
} from '../../app/shared';
import { Chain } from './chain.svelte';
import { EnhanceSettings } from './enhance-settings.svelte';
import { flowOf, type Flow } from './flow';
import { MotionSettings } from './motion-settings.svelte';
import { Networks } from './networks';
import { presetSteps, stagesOf, type StepKind, type StepValues } from './steps';

const FIRST_PRESET = PRESETS[0];

/** How the result is made. Presets set all of it at once; every part can be changed by itself. */
export class Settings {
  /** Networks that are installed, null until the engine has told. */
  models = $state.raw<readonly ModelManifest[] | null>(null);
  readonly chain = new Chain();
  readonly enhance = new EnhanceSettings(() => this.#networks);
  readonly motion = new MotionSettings(this.chain, () => this.#hasMotionNetwork);
  #codec = $state<Codec>(FIRST_PRESET?.codec ?? 'h264');
  #crf = $state<number | null>(FIRST_PRESET?.crf ?? null);
  readonly #networks = $derived(new Networks(this.models));
  readonly #hasMotionNetwork = $derived(this.models?.some(isInterpolateManifest) ?? false);

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

  /** Steps that can be added: sharp frames need a network, and a still has no motion. */
  missing(info: MediaInfo): readonly StepKind[] {
    return this.chain.missing.filter((kind) => this.#canHave(kind, info));
  }

  /** The stages of the job, null where something is missing yet. */
  get stages(): readonly StageRequest[] | null {
    const complete = this.enhance.paceMakesSense || !this.chain.has('enhance');
    return complete ? stagesOf(this.chain.kinds, this.#values) : null;
  }

  /** What the chain makes of a file; null while something is missing. */
  flow(info: MediaInfo): Flow | null {
    const { stages } = this;
    return stages && flowOf(info, stages, this.#networks.factors(this.enhance.restore));
  }

  /** The preset that says what is set now, or null for settings of one's own. */
  get preset(): Preset | null {
    return PRESETS.find((preset) => this.#says(preset)) ?? null;
  }

  /** Presets as they are offered: those that need a network for motion only where there is one. */
  get presets(): readonly Preset[] {
    return PRESETS.filter(({ deblur }) => !deblur || this.#hasMotionNetwork);
  }

  /** Why a preset can't be had here, or null. */
  presetReason({ enhance, restore = false }: Preset): string | null {
    if (enhance === undefined || this.#networks.has(enhance, restore)) return null;
    return 'network not installed';
  }

  usePreset(preset: Preset): void {
    const { kinds, values } = presetSteps(preset);
    this.chain.kinds = kinds;
    this.enhance.use(values);
    this.motion.use(values);
    this.#codec = preset.codec ?? this.#codec;
    this.#crf = preset.crf ?? CODEC_FACTS[this.#codec].crf?.default ?? null;
  }

  /** Takes back what can't be had together, or with this file. */
  settle(info: MediaInfo): void {
    const kinds = this.chain.kinds.filter((kind) => this.#canHave(kind, info));
    if (kinds.length < this.chain.kinds.length) this.chain.kinds = kinds.length > 0 ? kinds : ['enhance'];
    this.enhance.settle(info);
    this.motion.settle();
  }

  /** The job that these settings mean. `replace` where the user agreed to replace `output`. */
  request(input: string, output: string, replace: boolean): JobRequest | null {
    const { stages } = this;
    return (
      stages && {
        input,
        output,
        stages,
        codec: this.#codec,
        ...(this.#crf === null ? {} : { crf: this.#crf }),
        backend: backendOption.default ?? 'auto',
        overwrite: replace,
        resume: true,
      }
    );
  }

  get #values(): StepValues {
    return { ...this.enhance.values, ...this.motion.values };
  }

  #canHave(kind: StepKind, { kind: media }: MediaInfo): boolean {
    if (kind === 'enhance') return true;
    return media === 'video' && (kind !== 'deblur' || this.#hasMotionNetwork);
  }

  #says(preset: Preset): boolean {
    const { kinds, values } = presetSteps(preset);
    return (
      JSON.stringify(stagesOf(kinds, values)) === JSON.stringify(this.stages) &&
      preset.codec === this.#codec &&
      (preset.crf ?? null) === this.#crf
    );
  }
}
