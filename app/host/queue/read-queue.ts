import {
  keptQueueSchema,
  QUEUE_DEFAULTS,
  QUEUE_VERSION,
  queueItemSchema,
  type KeptQueue,
} from '../../shared';

const EMPTY: KeptQueue = { version: QUEUE_VERSION, settings: QUEUE_DEFAULTS, items: [] };

/**
 * A queue as it was kept. A job that can't be read any more (a stage that this version doesn't know) is
 * left out, the rest stays. What ran when the app ended waits again: its finished segments are used.
 */
export function readQueue(kept: unknown): KeptQueue {
  const whole = keptQueueSchema.safeParse(kept);
  if (whole.success) return rested(whole.data);
  const parts = keptQueueSchema.safeParse({
    ...EMPTY,
    ...(isRecord(kept) && isRecord(kept['settings']) ? { settings: kept['settings'] } : {}),
  });
  const items = isRecord(kept) && Array.isArray(kept['items']) ? (kept['items'] as unknown[]) : [];
  return rested({
    ...(parts.success ? parts.data : EMPTY),
    items: items.flatMap((item) => {
      const parsed = queueItemSchema.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    }),
  });
}

function rested(queue: KeptQueue): KeptQueue {
  const items = queue.items.map((item) =>
    item.state === 'running' ? { ...item, state: 'waiting' as const } : item,
  );
  return { ...queue, items };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
