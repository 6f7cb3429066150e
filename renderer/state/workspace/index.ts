export { Workspace, type Dialog, type View } from './workspace.svelte';
