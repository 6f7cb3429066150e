import {
  backendOption,
  CODEC_FACTS,
  ENHANCE_SCALES,
  PRESETS,
  type Codec,
  type EnhanceScale,
  type JobRequest,
  type Preset,
} from '../../app/shared';

const FIRST_PRESET = PRESETS[0];

/** How the result is made. Presets set all of it at once; every part can be changed by itself. */
export class Settings {
  scale = $state<EnhanceScale>(FIRST_PRESET?.enhance ?? ENHANCE_SCALES[0]);
  #codec = $state<Codec>(FIRST_PRESET?.codec ?? 'h264');
  #crf = $state<number | null>(FIRST_PRESET?.crf ?? null);

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

  /** The preset that says what is set now, or null for settings of one's own. */
  get preset(): Preset | null {
    return (
      PRESETS.find(
        (preset) =>
          preset.enhance === this.scale && preset.codec === this.#codec && (preset.crf ?? null) === this.#crf,
      ) ?? null
    );
  }

  usePreset(preset: Preset): void {
    this.scale = preset.enhance ?? this.scale;
    this.#codec = preset.codec ?? this.#codec;
    this.#crf = preset.crf ?? CODEC_FACTS[this.#codec].crf?.default ?? null;
  }

  /** The job that these settings mean. `replace` where the user agreed to replace `output`. */
  request(input: string, output: string, replace: boolean): JobRequest {
    return {
      input,
      output,
      stages: [{ kind: 'enhance', scale: this.scale }],
      codec: this.#codec,
      ...(this.#crf === null ? {} : { crf: this.#crf }),
      backend: backendOption.default ?? 'auto',
      overwrite: replace,
      resume: true,
    };
  }
}
