export { QueueEntry } from './queue-entry.svelte';
export { queueLeft, waitingLeft, type QueueLeft } from './queue-left';
export { Queue, type QueueFilter } from './queue.svelte';
