import {
  FRAME_FACTORS,
  MODEL_SIZES,
  MOST_NEW_FRAMES,
  type FrameFactor,
  type MediaInfo,
  type ModelSize,
  type MotionMethod,
  type Preset,
  type SlowSound,
  type StageRequest,
} from '../../../app/shared';
import { t } from '../../words';
import type { Choice } from '../networks';
import type { Chain } from './chain.svelte';
import type { StepKind, StepSettings } from './step';

/** What frames come from: a network of some size, or motion alone. */
export type MotionSource = ModelSize | 'motion';

/** How motion is made smoother, slower or sharp. */
export class MotionSettings implements StepSettings {
  readonly kinds = ['deblur', 'smooth', 'slow'] as const;
  readonly fields: readonly (keyof MotionSettings)[] = [
    'rateFactor',
    'slow',
    'slowSound',
    'method',
    'quality',
  ];
  /** The frame rate's. */
  rateFactor = $state<FrameFactor>(2);
  slow = $state<FrameFactor>(4);
  slowSound = $state<SlowSound>('stretch');
  method = $state<MotionMethod>('auto');
  /** Of the network. */
  quality = $state<ModelSize>('light');

  /** `networks` tells the sizes of those for motion that are installed. */
  constructor(
    private readonly chain: Chain,
    private readonly networks: () => readonly ModelSize[],
  ) {}

  /** What frames can come from, the quickest network first; sharp frames come from a network alone. */
  get sources(): readonly MotionSource[] {
    const sizes = MODEL_SIZES.filter((size) => this.networks().includes(size));
    return sizes.length === 0 || this.chain.has('deblur') ? sizes : [...sizes, 'motion'];
  }

  /** Of `sources`, what frames come from as things are set. */
  get source(): MotionSource {
    if (this.method === 'motion') return 'motion';
    const sizes = this.networks();
    return sizes.includes(this.quality) ? this.quality : (sizes[0] ?? 'motion');
  }

  set source(source: MotionSource) {
    this.method = source === 'motion' ? source : 'auto';
    this.quality = source === 'motion' ? 'light' : source;
  }

  /** By what the frame rate can be multiplied beside slow motion. */
  get factorChoices(): readonly Choice<FrameFactor>[] {
    return choices(this.chain.has('slow') ? this.slow : 1, 'slow');
  }

  /** By what time can be stretched beside a higher frame rate. */
  get slowChoices(): readonly Choice<FrameFactor>[] {
    return choices(this.chain.has('smooth') ? this.rateFactor : 1, 'smooth');
  }

  allowed(kind: StepKind, { kind: media }: MediaInfo): boolean {
    return media === 'video' && (kind !== 'deblur' || this.#hasNetwork);
  }

  stage(kind: StepKind): StageRequest {
    const quality = this.quality === 'light' || !this.#hasNetwork ? {} : { quality: this.quality };
    if (kind === 'deblur') return { kind: 'interpolate', deblur: true, ...quality };
    const method = this.method === 'auto' ? quality : { method: this.method };
    if (kind === 'smooth') return { kind: 'interpolate', factor: this.rateFactor, ...method };
    const sound = this.slowSound === 'stretch' ? {} : { slowSound: this.slowSound };
    return { kind: 'interpolate', slow: this.slow, ...sound, ...method };
  }

  factor(kind: StepKind): number | null {
    return kind === 'smooth' ? this.rateFactor : kind === 'slow' ? this.slow : null;
  }

  said(stage: StageRequest): ReturnType<StepSettings['said']> {
    if (stage.kind !== 'interpolate') return null;
    const { factor: interpolate, slow, slowSound, deblur, method, quality: motionQuality } = stage;
    const said = { interpolate, slow, slowSound, deblur, method, motionQuality };
    const preset: Partial<Preset> = Object.fromEntries(
      Object.entries(said).filter(([, value]) => value !== undefined),
    );
    return { kinds: kindsOf(preset), preset };
  }

  read({ interpolate, slow, slowSound, deblur, method, motionQuality }: Preset): readonly StepKind[] {
    this.rateFactor = interpolate ?? 2;
    this.slow = slow ?? 4;
    this.slowSound = slowSound ?? 'stretch';
    this.method = method ?? 'auto';
    this.quality = motionQuality ?? 'light';
    return kindsOf({ interpolate, slow, deblur });
  }

  /** Takes back what can't be had together: more frames of one than there can be, sharp frames without a network. */
  settle(): void {
    if (this.chain.has('smooth') && this.chain.has('slow')) {
      while (tooManyFrames(this.rateFactor, this.slow)) {
        if (this.rateFactor >= this.slow) this.rateFactor = half(this.rateFactor);
        else this.slow = half(this.slow);
      }
    }
    if (this.chain.has('deblur') || !this.#hasNetwork) this.method = 'auto';
  }

  get #hasNetwork(): boolean {
    return this.networks().length > 0;
  }
}

/** What a preset asks for of motion. */
function kindsOf({
  deblur,
  interpolate,
  slow,
}: {
  readonly [K in 'deblur' | 'interpolate' | 'slow']?: Preset[K] | undefined;
}): readonly StepKind[] {
  return [
    ...(deblur ? (['deblur'] as const) : []),
    ...(interpolate === undefined ? [] : (['smooth'] as const)),
    ...(slow === undefined ? [] : (['slow'] as const)),
  ];
}

function choices(beside: number, other: StepKind): Choice<FrameFactor>[] {
  const most = MOST_NEW_FRAMES / beside;
  return FRAME_FACTORS.map((value) => ({
    value,
    reason: tooManyFrames(value, beside) ? t().motion.tooMany(t().steps[other].label, beside, most) : null,
  }));
}

function half(factor: FrameFactor): FrameFactor {
  return FRAME_FACTORS[FRAME_FACTORS.indexOf(factor) - 1] ?? FRAME_FACTORS[0];
}

/** True where both together make more frames of one than can be made. */
function tooManyFrames(factor: number, slow: number): boolean {
  return factor * slow > MOST_NEW_FRAMES;
}
