import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JobRequest } from '../../shared';
import type { StagePlan } from '../frames';
import type { MediaTools } from '../media';
import { contoursBeside } from './contours';

/** What two runs must have in common for the second to go on from the first. */
export interface JobIdentity {
  /** Hash of what was asked for: a run of the very same request takes the choices that the first made. */
  readonly request: string;
  /** Hash of all that shapes the result's frames: segments with another one are never joined with these. */
  readonly frames: string;
}

/** Hash of what was asked for, known before any stage is open. */
export async function requestIdentity(request: JobRequest, tools: MediaTools): Promise<string> {
  return hashOf({ ...(await settingsOf(request, tools)), stages: request.stages });
}

/** Both hashes, once the stages have chosen and said what shapes their frames. */
export async function jobIdentity(
  request: JobRequest,
  tools: MediaTools,
  segmentLength: number,
  plans: readonly StagePlan[],
): Promise<JobIdentity> {
  const settings = await settingsOf(request, tools);
  return {
    request: await requestIdentity(request, tools),
    frames: hashOf({
      ...settings,
      stages: plans.map((plan) => plan.identity),
      segmentLength,
      keepsContours: contoursBeside(request) !== null,
    }),
  };
}

async function settingsOf(request: JobRequest, tools: MediaTools): Promise<object> {
  const { size, mtimeMs } = await stat(request.input);
  return {
    input: { path: resolve(request.input), size, mtimeMs },
    codec: request.codec,
    crf: request.crf ?? null,
    bitrate: request.bitrate ?? null,
    targetSize: request.targetSize ?? null,
    start: request.start ?? null,
    end: request.end ?? null,
    deinterlace: request.deinterlace ?? 'auto',
    chroma: request.chroma ?? 'auto',
    container: request.output.slice(request.output.lastIndexOf('.')),
    ffmpeg: tools.ffmpeg.version,
  };
}

function hashOf(parts: object): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
