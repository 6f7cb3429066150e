export * from './media-window';
export { Player, type Screen, type Ticker } from './player.svelte';
export { Strip } from './strip.svelte';
