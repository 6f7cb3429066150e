import {
  FRAME_FACTORS,
  interpolateOption,
  MOST_NEW_FRAMES,
  slowOption,
  type FrameFactor,
  type MotionMethod,
  type SlowSound,
} from '../../app/shared';
import type { Chain } from './chain.svelte';
import type { Choice } from './networks';
import { tooManyFrames, type StepValues } from './steps';

/** How motion is made smoother, slower or sharp. */
export class MotionSettings {
  factor = $state<FrameFactor>(2);
  slow = $state<FrameFactor>(4);
  slowSound = $state<SlowSound>('stretch');
  method = $state<MotionMethod>('auto');

  /** `network` tells whether one for motion is installed. */
  constructor(
    private readonly chain: Chain,
    private readonly network: () => boolean,
  ) {}

  /** True where new frames can come from a network or from motion alone. */
  get methodMatters(): boolean {
    return this.network();
  }

  /** By what the frame rate can be multiplied beside slow motion. */
  get factorChoices(): readonly Choice<FrameFactor>[] {
    return choices(this.chain.has('slow') ? this.slow : 1, slowOption.label);
  }

  /** By what time can be stretched beside a higher frame rate. */
  get slowChoices(): readonly Choice<FrameFactor>[] {
    return choices(this.chain.has('smooth') ? this.factor : 1, interpolateOption.label);
  }

  get values(): Pick<StepValues, 'factor' | 'slow' | 'slowSound' | 'method'> {
    const { factor, slow, slowSound, method } = this;
    return { factor, slow, slowSound, method };
  }

  use({ factor, slow, slowSound, method }: MotionSettings['values']): void {
    this.factor = factor;
    this.slow = slow;
    this.slowSound = slowSound;
    this.method = method;
  }

  /** Takes back what can't be had together: more frames of one than there can be, sharp frames without a network. */
  settle(): void {
    if (this.chain.has('smooth') && this.chain.has('slow')) {
      while (tooManyFrames(this.factor, this.slow)) {
        if (this.factor >= this.slow) this.factor = half(this.factor);
        else this.slow = half(this.slow);
      }
    }
    if (this.chain.has('deblur') || !this.methodMatters) this.method = 'auto';
  }
}

function choices(beside: number, other: string): Choice<FrameFactor>[] {
  const most = MOST_NEW_FRAMES / beside;
  const reason = `Beside ${other} ×${beside} ${most > 1 ? `at most ×${most} is` : 'nothing is'} possible.`;
  return FRAME_FACTORS.map((value) => ({ value, reason: tooManyFrames(value, beside) ? reason : null }));
}

function half(factor: FrameFactor): FrameFactor {
  return FRAME_FACTORS[FRAME_FACTORS.indexOf(factor) - 1] ?? FRAME_FACTORS[0];
}
