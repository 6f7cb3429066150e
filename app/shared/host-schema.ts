import { z } from 'zod';
import type { ClearcutApi } from './contract';
import { UserError } from './errors';
import { jobRequestSchema, previewRequestSchema, stagesSchema } from './job';
import { codecOption } from './options';

const path = z.string().min(1).max(32_768);
const jobId = z.string().min(1).max(100);

/**
 * What each call of a page may be given, checked by the host (Electron's main process, the web mode's
 * server) where it arrives. Calls that need the page's own side (a dropped file, the browser's file
 * chooser) are made of these.
 */
export const hostArguments = {
  host: z.tuple([]),
  facts: z.tuple([]),
  models: z.tuple([]),
  chooseInput: z.tuple([]),
  probe: z.tuple([path]),
  poster: z.tuple([path, z.number().nonnegative(), z.int().min(16).max(8192)]),
  suggestOutput: z.tuple([path, stagesSchema, codecOption.schema]),
  chooseOutput: z.tuple([path]),
  start: z.tuple([jobRequestSchema]),
  startPreview: z.tuple([previewRequestSchema]),
  takePreview: z.tuple([jobId]),
  cancel: z.tuple([jobId]),
  pause: z.tuple([jobId]),
  unpause: z.tuple([jobId]),
  reveal: z.tuple([path]),
} satisfies Partial<Record<keyof ClearcutApi, z.ZodType>>;

export type HostCall = keyof typeof hostArguments;
export type HostArguments<C extends HostCall> = z.infer<(typeof hostArguments)[C]>;

/** True for the name of a call that a page may make. */
export function isHostCall(name: string): name is HostCall {
  return Object.hasOwn(hostArguments, name);
}

/** `args` as `call` takes them. @throws UserError bad-usage */
export function parseHostArguments<C extends HostCall>(call: C, args: unknown): HostArguments<C> {
  const parsed = hostArguments[call].safeParse(args);
  if (parsed.success) return parsed.data as HostArguments<C>;
  const issue = parsed.error.issues[0];
  const where = issue?.path.slice(1).join('.') ?? '';
  throw new UserError(
    'bad-usage',
    `${call}${where ? `: ${where}` : ''}: ${issue?.message ?? 'bad arguments'}`,
  );
}
