export { QueueEntry } from './queue-entry.svelte';
export { queueLeft, type QueueLeft } from './queue-left';
export { Queue, type QueueFilter } from './queue.svelte';
