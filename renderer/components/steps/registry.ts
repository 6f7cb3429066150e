import Focus from '@lucide/svelte/icons/focus';
import Scissors from '@lucide/svelte/icons/scissors';
import Hourglass from '@lucide/svelte/icons/hourglass';
import Sparkles from '@lucide/svelte/icons/sparkles';
import Waves from '@lucide/svelte/icons/waves';
import type { Component } from 'svelte';
import type { MediaInfo } from '../../../app/shared';
import type { StepKind } from '../../state/steps';
import type { Workspace } from '../../state/workspace';
import DeblurStep from './DeblurStep.svelte';
import EnhanceStep from './EnhanceStep.svelte';
import SegmentStep from './SegmentStep.svelte';
import SlowStep from './SlowStep.svelte';
import SmoothStep from './SmoothStep.svelte';

export type StepProps = { readonly workspace: Workspace; readonly info: MediaInfo };

/** How a step is shown: its sign, and its options. Its words stand in the catalogue, its state in `state/steps`. */
export interface StepView {
  readonly icon: typeof Focus;
  readonly options: Component<StepProps>;
}

export const STEP_VIEWS: Readonly<Record<StepKind, StepView>> = {
  enhance: { icon: Sparkles, options: EnhanceStep },
  smooth: { icon: Waves, options: SmoothStep },
  slow: { icon: Hourglass, options: SlowStep },
  deblur: { icon: Focus, options: DeblurStep },
  segment: { icon: Scissors, options: SegmentStep },
};
