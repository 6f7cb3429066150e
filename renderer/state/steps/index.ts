export { Chain } from './chain.svelte';
export { EnhanceSettings, type SizeChoice } from './enhance-settings.svelte';
export { MotionSettings, type MotionSource } from './motion-settings.svelte';
export { SegmentSettings } from './segment-settings.svelte';
export { joined, STEP_KINDS, type StepKind, type StepSettings } from './step';
