export { History, type Edit, type EditName } from './history.svelte';
export { differences, putBack, takeDown, type Memento, type Remembered } from './memento';
