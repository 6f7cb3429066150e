export { ACTION_GROUPS, ACTION_NAMES, ACTIONS, type Action } from './actions';
export { keyCaps, nameOfKeys, type Pressed } from './key-names';
export { Shortcuts } from './shortcuts.svelte';
