import { z } from 'zod';
import type { ErrorData } from './errors';
import { jobRequestSchema, type JobProgress, type JobResult } from './job';

/** What to do when the last job of the queue has ended. */
export const WHEN_DONE = ['nothing', 'notify', 'reveal', 'sleep'] as const;
export type WhenDone = (typeof WHEN_DONE)[number];

/** What a list shows of a source, and what an estimate needs, without probing it again. */
export const sourceFactsSchema = z
  .object({
    kind: z.enum(['video', 'still']),
    /** As it is seen: upright. */
    width: z.int().positive(),
    height: z.int().positive(),
    seconds: z.number().nonnegative().nullable(),
    /** Frames that go in, as well as it is known. */
    frames: z.number().nonnegative().nullable(),
    sizeBytes: z.number().nonnegative(),
  })
  .readonly();
export type SourceFacts = z.infer<typeof sourceFactsSchema>;

/** A job that is to be queued. */
export const queueWishSchema = z
  .object({ request: jobRequestSchema, source: sourceFactsSchema.nullable() })
  .readonly();
export type QueueWish = z.infer<typeof queueWishSchema>;

export const queueSettingsSchema = z
  .object({
    /** Nothing starts, and what runs stands still. Survives a restart. */
    paused: z.boolean(),
    /** Fewer threads and a low priority, so that other programs come first. */
    leaveRoom: z.boolean(),
    /** What runs stands still while the computer runs on its battery. Older queues don't say. */
    waitForMains: z.boolean().default(false),
    whenDone: z.enum(WHEN_DONE),
  })
  .readonly();
export type QueueSettings = z.infer<typeof queueSettingsSchema>;

export const QUEUE_DEFAULTS: QueueSettings = {
  paused: false,
  leaveRoom: false,
  waitForMains: false,
  whenDone: 'notify',
};

/**
 * ```
 * waiting ⇄ running → done
 *    ⇅        │  └──→ failed    (retry: waiting again)
 *   held ←────┴────→ cancelled  (retry: waiting again)
 * ```
 * A job that is held, or that ran when the app ended, goes on from its last finished segment.
 */
export const QUEUE_STATES = ['waiting', 'running', 'held', 'done', 'failed', 'cancelled'] as const;
export type QueueState = (typeof QUEUE_STATES)[number];

const jobResultSchema = z
  .object({
    output: z.string(),
    files: z.array(z.string()).readonly().exactOptional(),
    width: z.number(),
    height: z.number(),
    frames: z.number(),
    sizeBytes: z.number(),
    seconds: z.number(),
    framesThisRun: z.number(),
    backend: z.string(),
    choices: z
      .array(
        z.object({ stage: z.string(), model: z.string(), title: z.string(), reason: z.string() }).readonly(),
      )
      .readonly(),
    notes: z.array(z.string()).readonly(),
    timings: z
      .object({ decode: z.number(), stages: z.record(z.string(), z.number()), encode: z.number() })
      .readonly(),
  })
  .readonly() satisfies z.ZodType<JobResult>;

/** A job of the queue as it is kept on the disk; `progress` lives with the page alone. */
export const queueItemSchema = z
  .object({
    id: z.string().min(1).max(100),
    request: jobRequestSchema,
    source: sourceFactsSchema.nullable(),
    state: z.enum(QUEUE_STATES),
    /** Part that is finished, 0 to 1, when it last stopped. */
    fraction: z.number().min(0).max(1).nullable(),
    /** Milliseconds since 1970. */
    addedAt: z.number(),
    endedAt: z.number().nullable(),
    result: jobResultSchema.nullable(),
    error: z
      .object({ code: z.string(), message: z.string(), detail: z.string().optional() })
      .readonly()
      .nullable()
      .transform((error) => error as ErrorData | null),
  })
  .readonly();
export type QueueItem = z.infer<typeof queueItemSchema>;

/** The queue as a file. A change of the format gets a migration in `readQueue`, and a test. */
export const QUEUE_VERSION = 1;
export const keptQueueSchema = z
  .object({
    version: z.literal(QUEUE_VERSION),
    settings: queueSettingsSchema,
    items: z.array(queueItemSchema).readonly(),
  })
  .readonly();
export type KeptQueue = z.infer<typeof keptQueueSchema>;

const id = z.string().min(1).max(100);
const ids = z.array(id).max(100_000).readonly();

/** What a page may ask of the queue. */
export const queueCommandSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add'), wishes: z.array(queueWishSchema).min(1).max(100_000).readonly() }),
  /** Takes them out; what runs is stopped. Results stay. */
  z.object({ kind: z.literal('remove'), ids }),
  /** Puts back what was taken out, where it stood. */
  z.object({ kind: z.literal('restore'), ids }),
  /** In front of `before`, or last. */
  z.object({ kind: z.literal('move'), ids, before: id.nullable() }),
  /** Other settings for jobs that have not begun or that ended badly. */
  z.object({ kind: z.literal('change'), id, wish: queueWishSchema }),
  z.object({ kind: z.literal('hold'), ids }),
  /** Held, failed and cancelled jobs wait again. */
  z.object({ kind: z.literal('release'), ids }),
  z.object({ kind: z.literal('cancel'), ids }),
  z.object({ kind: z.literal('settings'), settings: queueSettingsSchema }),
]);
export type QueueCommand = z.infer<typeof queueCommandSchema>;

export interface QueueSnapshot {
  readonly settings: QueueSettings;
  readonly items: readonly QueueItem[];
  /** The computer runs on its battery. */
  readonly onBattery: boolean;
  /** Of the job that runs. */
  readonly progress: { readonly id: string; readonly progress: JobProgress } | null;
}

/** How all jobs of a queue ended, when none is left. */
export interface QueueEnd {
  readonly done: number;
  readonly failed: number;
  /** The last result, to be shown in its folder. */
  readonly output: string | null;
}

/** What happened to the queue. It stands on the disk before it is told. */
export type QueueChange =
  /** All of it: to a page that may have missed something. */
  | { readonly type: 'snapshot'; readonly snapshot: QueueSnapshot }
  | { readonly type: 'added'; readonly items: readonly QueueItem[] }
  | { readonly type: 'changed'; readonly items: readonly QueueItem[] }
  | { readonly type: 'removed'; readonly ids: readonly string[] }
  | { readonly type: 'moved'; readonly ids: readonly string[]; readonly before: string | null }
  | { readonly type: 'settings'; readonly settings: QueueSettings }
  | { readonly type: 'power'; readonly onBattery: boolean }
  | { readonly type: 'progress'; readonly id: string; readonly progress: JobProgress }
  | { readonly type: 'note'; readonly id: string; readonly note: string }
  | { readonly type: 'ended'; readonly end: QueueEnd };

/** True where nothing starts, and what runs stands still. */
export function standsStill({ paused, waitForMains }: QueueSettings, onBattery: boolean): boolean {
  return paused || (waitForMains && onBattery);
}

/** True for jobs that still want to run. */
export function isPending({ state }: Pick<QueueItem, 'state'>): boolean {
  return state === 'waiting' || state === 'running' || state === 'held';
}

/** Jobs that stand together, and the one that comes after them; null at the end. */
export interface QueueRun {
  readonly ids: readonly string[];
  readonly before: string | null;
}

/** Where each of `ids` stands in a list, those side by side together. */
export function runsOf(
  list: readonly { readonly id: string }[],
  ids: readonly string[],
): readonly QueueRun[] {
  const chosen = new Set(ids);
  const runs: QueueRun[] = [];
  let run: string[] = [];
  for (const { id } of list) {
    if (chosen.has(id)) run.push(id);
    else if (run.length > 0) {
      runs.push({ ids: run, before: id });
      run = [];
    }
  }
  return run.length > 0 ? [...runs, { ids: run, before: null }] : runs;
}

/** `list` with those of `moved` in front of `before` (or last), in the order that they had. */
export function reordered<T extends { readonly id: string }>(
  list: readonly T[],
  moved: readonly string[],
  before: string | null,
): readonly T[] {
  const chosen = new Set(moved);
  const rest = list.filter(({ id }) => !chosen.has(id));
  // In front of the next one that stays, where `before` itself moves.
  const from = before === null ? -1 : list.findIndex(({ id }) => id === before);
  const anchor = from < 0 ? undefined : list.slice(from).find(({ id }) => !chosen.has(id));
  const at = anchor === undefined ? rest.length : rest.indexOf(anchor);
  return rest.toSpliced(at, 0, ...list.filter(({ id }) => chosen.has(id)));
}
