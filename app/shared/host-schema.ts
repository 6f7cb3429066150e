import { z } from 'zod';
import type { ClearcutApi } from './contract';
import { UserError } from './errors';
import { objectsRequestSchema, previewRequestSchema, stagesSchema } from './job';
import { codecOption } from './options';
import { framesRequestSchema, peaksRequestSchema, soundRequestSchema } from './player';
import { preferencesChangeSchema } from './preferences';
import { presetSchema } from './presets';
import { queueCommandSchema } from './queue';

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
  chooseInputs: z.tuple([]),
  recent: z.tuple([]),
  openRecent: z.tuple([path]),
  forgetRecent: z.tuple([]),
  probe: z.tuple([path]),
  poster: z.tuple([path, z.number().nonnegative(), z.int().min(16).max(8192)]),
  frames: z.tuple([framesRequestSchema]),
  peaks: z.tuple([peaksRequestSchema]),
  sound: z.tuple([soundRequestSchema]),
  suggestOutput: z.tuple([path, stagesSchema, codecOption.schema]),
  chooseOutput: z.tuple([path]),
  space: z.tuple([path]),
  queue: z.tuple([]),
  changeQueue: z.tuple([queueCommandSchema]),
  queueLog: z.tuple([jobId]),
  startPreview: z.tuple([previewRequestSchema]),
  startObjects: z.tuple([objectsRequestSchema]),
  takePreview: z.tuple([jobId]),
  takePreviewFrame: z.tuple([jobId]),
  cancel: z.tuple([jobId]),
  reveal: z.tuple([path]),
  startDrag: z.tuple([z.array(path).min(1).max(1000).readonly()]),
  preferences: z.tuple([]),
  changePreferences: z.tuple([preferencesChangeSchema]),
  importPresets: z.tuple([]),
  exportPresets: z.tuple([z.array(presetSchema).min(1).max(500).readonly()]),
  sleep: z.tuple([]),
  checkForUpdates: z.tuple([]),
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
