import { z } from 'zod';
import type { EngineApi } from './contract';
import { jobRequestSchema } from './job';
import {
  benchRequestSchema,
  evalDeblurRequestSchema,
  evalInterpRequestSchema,
  evalSrRequestSchema,
} from './measure';
import { evalMatteRequestSchema, evalSegmentRequestSchema, evalTrackRequestSchema } from './measure-segment';
import { framesRequestSchema, peaksRequestSchema, soundRequestSchema } from './player';

const path = z.string().min(1).max(32_768);
const jobId = z.string().min(1).max(100);

/** What each call of the engine may be given; checked where it arrives. */
export const engineArguments = {
  facts: z.tuple([]),
  models: z.tuple([]),
  gpus: z.tuple([]),
  probe: z.tuple([path]),
  poster: z.tuple([path, z.number().nonnegative(), z.int().min(16).max(8192)]),
  frames: z.tuple([framesRequestSchema]),
  peaks: z.tuple([peaksRequestSchema]),
  sound: z.tuple([soundRequestSchema]),
  plan: z.tuple([z.array(jobRequestSchema).readonly()]),
  start: z.tuple([jobRequestSchema]),
  cancel: z.tuple([jobId]),
  pause: z.tuple([jobId]),
  unpause: z.tuple([jobId]),
  evalSr: z.tuple([evalSrRequestSchema]),
  evalInterp: z.tuple([evalInterpRequestSchema]),
  evalDeblur: z.tuple([evalDeblurRequestSchema]),
  evalSegment: z.tuple([evalSegmentRequestSchema]),
  evalMatte: z.tuple([evalMatteRequestSchema]),
  evalTrack: z.tuple([evalTrackRequestSchema]),
  bench: z.tuple([benchRequestSchema]),
} satisfies Record<keyof EngineApi, z.ZodType>;

export type EngineMethod = keyof typeof engineArguments;

/** True for the name of a call of the engine. */
export function isEngineMethod(name: string): name is EngineMethod {
  return Object.hasOwn(engineArguments, name);
}
