import { untrack } from 'svelte';
import {
  backendOption,
  CODEC_FACTS,
  CODECS,
  extensionOf,
  isInterpolateManifest,
  isSegmentManifest,
  PRESET_VERSION,
  PRESETS,
  type Codec,
  type JobRequest,
  type MediaInfo,
  type ModelManifest,
  type Preset,
  type StageRequest,
} from '../../app/shared';
import { t } from '../words';
import { flowOf, type Flow } from './flow';
import { putBack, takeDown, type Memento, type Remembered } from './history';
import { Networks } from './networks';
import { RateSettings, type RateRequest } from './rate-settings.svelte';
import {
  Chain,
  EnhanceSettings,
  joined,
  MotionSettings,
  SegmentSettings,
  type StepKind,
  type StepSettings,
} from './steps';

const FIRST_PRESET = PRESETS[0];

/** How the result is made. Presets set all of it at once; every part can be changed by itself. */
export class Settings implements Remembered {
  /** Networks that are installed, null until the engine has told. */
  models = $state.raw<readonly ModelManifest[] | null>(null);
  readonly fields: readonly (keyof Settings)[] = ['codec', 'crf', 'codecBefore'];
  readonly chain = new Chain();
  readonly enhance = new EnhanceSettings(() => this.#networks);
  readonly motion = new MotionSettings(this.chain, () => this.#motionSizes);
  readonly rate = new RateSettings();
  readonly segment = new SegmentSettings(this.chain, () => this.#segmentNetworks);
  /** All that steps are set to: what is asked of one is asked of each. */
  readonly #steps: readonly StepSettings[] = [this.enhance, this.motion, this.segment];
  #codec = $state<Codec>(FIRST_PRESET?.codec ?? 'h264');
  #crf = $state<number | null>(FIRST_PRESET?.crf ?? null);
  readonly #networks = $derived(new Networks(this.models));
  readonly #motionSizes = $derived(this.models?.filter(isInterpolateManifest).map(({ size }) => size) ?? []);
  readonly #segmentNetworks = $derived(this.models?.filter(isSegmentManifest) ?? []);
  /** What was set before a result with transparency asked for a codec that has it. */
  codecBefore = $state.raw<{ readonly codec: Codec; readonly crf: number | null } | null>(null);
  /** What each preset means here, worked out once. */
  readonly #trials = new WeakMap<Preset, { readonly meaning: string; readonly possible: boolean }>();

  /** `own` gives the user's own presets. */
  constructor(private readonly own: () => readonly Preset[] = () => []) {}

  get codec(): Codec {
    return this.#codec;
  }

  /** Another codec starts at its own good quality: CRF scales don't compare. */
  set codec(codec: Codec) {
    this.#codec = codec;
    this.#crf = CODEC_FACTS[codec].crf?.default ?? null;
  }

  /** Codecs that the result can have. */
  get codecs(): readonly Codec[] {
    return this.segment.codecs ?? CODECS;
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
    return this.chain.missing.filter((kind) => this.#of(kind).allowed(kind, info));
  }

  /** The stages of the job, null where something is missing yet. */
  get stages(): readonly StageRequest[] | null {
    return this.#stagesOf(this.chain.kinds);
  }

  /** What can be done of it with a file of another kind; null where nothing can. */
  stagesFor(info: MediaInfo): readonly StageRequest[] | null {
    return this.#stagesOf(this.chain.kinds.filter((kind) => this.#of(kind).allowed(kind, info)));
  }

  /** What the chain makes of a file, or of so many seconds of it; null while something is missing. */
  flow(info: MediaInfo, seconds?: number): Flow | null {
    const { stages } = this;
    return stages && flowOf(info, stages, this.#networks.factors(this.enhance.restore), seconds);
  }

  /** By how much a step changes what it is about; null where that is no number. */
  factor(kind: StepKind, info: MediaInfo): number | null {
    return this.#of(kind).factor(kind, info);
  }

  /** The preset that says what is set now, or null for settings of one's own. */
  get preset(): Preset | null {
    const now = this.#meaning;
    return this.presets.find((preset) => this.#trial(preset).meaning === now) ?? null;
  }

  /** Presets as they are offered: of steps that the window has, and with a network for motion only where there is one. */
  get presets(): readonly Preset[] {
    return [...PRESETS, ...this.own()].filter(
      (preset) =>
        (!preset.deblur || this.#motionSizes.length > 0) &&
        (preset.segment === undefined || this.segment.allowed()) &&
        this.#trial(preset).possible,
    );
  }

  /** Why a preset can't be had here, or null. */
  presetReason({ enhance, fit, restore = false }: Preset): string | null {
    const there =
      enhance === undefined
        ? fit === undefined || this.#networks.factors(restore).length > 0
        : this.#networks.has(enhance, restore);
    return there ? null : t().presets.notInstalled;
  }

  usePreset(preset: Preset): void {
    const kinds = this.#steps.flatMap((step) => step.read(preset));
    this.chain.kinds = this.chain.inUsualOrder(kinds);
    this.codecBefore = null;
    this.#codec = preset.codec ?? this.#codec;
    this.#crf = preset.crf ?? CODEC_FACTS[this.#codec].crf?.default ?? null;
    this.rate.kind = 'quality';
  }

  /** What a job was asked for: to change it, or to do the same with another file. */
  useRequest({ stages, codec, crf, ...rate }: Pick<JobRequest, 'stages' | 'codec'> & RateRequest): void {
    this.rate.read(rate);
    const said = stages.flatMap((stage) => this.#steps.flatMap((step) => step.said(stage) ?? []));
    const preset = { version: PRESET_VERSION, name: 'job', title: '', help: '' };
    for (const step of this.#steps) {
      step.read(Object.assign({ ...preset }, ...said.map((part) => part.preset)) as Preset);
    }
    for (const stage of stages) for (const step of this.#steps) step.recall?.(stage);
    this.chain.kinds = said.flatMap(({ kinds }) => kinds);
    this.codecBefore = null;
    this.#codec = codec;
    this.#crf = crf ?? CODEC_FACTS[codec].crf?.default ?? null;
  }

  /** What is set now, as a preset. The order of steps is the usual one. */
  toPreset(name: string, title: string, help = ''): Preset {
    const said = this.chain.kinds.map((kind) => {
      const step = this.#of(kind);
      const stage = step.stage(kind);
      return stage && step.said(stage)?.preset;
    });
    return {
      version: PRESET_VERSION,
      name,
      title,
      help,
      ...Object.assign({}, ...said),
      codec: this.#codec,
      ...(this.#crf === null ? {} : { crf: this.#crf }),
    } as Preset;
  }

  /** All that is set now. */
  memento(): Memento {
    return takeDown(this.#remembered);
  }

  /** Sets all again as it was. */
  restore(memento: Memento): void {
    putBack(this.#remembered, memento);
  }

  /** Takes back what can't be had together, or with this file. */
  settle(info: MediaInfo): void {
    const kinds = this.chain.kinds.filter((kind) => this.#of(kind).allowed(kind, info));
    if (kinds.length < this.chain.kinds.length) this.chain.kinds = kinds.length > 0 ? kinds : ['enhance'];
    for (const step of this.#steps) step.settle(info);
    this.#settleCodec();
  }

  /** The job that these settings mean. `replace` where the user agreed to replace `output`. */
  request(
    {
      input,
      output,
      replace = false,
      part = {},
    }: {
      readonly input: string;
      readonly output: string;
      readonly replace?: boolean;
      readonly part?: Pick<JobRequest, 'start' | 'end'>;
    },
    stages: readonly StageRequest[] | null = this.stages,
  ): JobRequest | null {
    return (
      stages && {
        input,
        output,
        stages,
        codec: this.#codec,
        ...this.#rateFor(output),
        ...part,
        backend: backendOption.default ?? 'auto',
        overwrite: replace,
        resume: true,
      }
    );
  }

  /** Pictures have no size to aim at. */
  #rateFor(output: string): RateRequest {
    if (CODEC_FACTS[this.#codec].containers.includes(extensionOf(output)))
      return this.rate.request(this.#crf);
    return this.#crf === null ? {} : { crf: this.#crf };
  }

  /** Transparency needs a codec that has it; without it what was set before comes back. */
  #settleCodec(): void {
    const [first] = this.codecs;
    if (first !== undefined && !this.codecs.includes(this.#codec)) {
      this.codecBefore = { codec: this.#codec, crf: this.#crf };
      this.codec = first;
    } else if (this.codecBefore && this.segment.codecs === null) {
      this.#codec = this.codecBefore.codec;
      this.#crf = this.codecBefore.crf;
      this.codecBefore = null;
    }
  }

  get #remembered(): Readonly<Record<string, Remembered>> {
    const { chain, enhance, motion, segment, rate } = this;
    return { chain, enhance, motion, segment, output: this, rate };
  }

  #of(kind: StepKind): StepSettings {
    const found = this.#steps.find(({ kinds }) => kinds.includes(kind));
    if (!found) throw new Error(`No settings are there for the step ${kind}.`);
    return found;
  }

  #stagesOf(kinds: readonly StepKind[]): readonly StageRequest[] | null {
    const stages = kinds.map((kind) => this.#of(kind).stage(kind));
    return stages.length > 0 && stages.every((stage) => stage !== null) ? joined(stages) : null;
  }

  get #meaning(): string {
    return JSON.stringify([this.stages, this.#codec, this.rate.request(this.#crf)]);
  }

  #trial(preset: Preset): { readonly meaning: string; readonly possible: boolean } {
    const known = this.#trials.get(preset);
    if (known) return known;
    // Tried out on settings of its own: a step's class alone knows what it makes of a preset.
    const tried = untrack(() => {
      const trial = new Settings();
      trial.usePreset(preset);
      return { meaning: trial.#meaning, possible: trial.stages !== null };
    });
    this.#trials.set(preset, tried);
    return tried;
  }
}
