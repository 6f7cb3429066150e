import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JobRequest } from '../../shared';
import type { StagePlan } from '../frames';
import type { MediaTools } from '../media';

/**
 * Hash of all that shapes the result's frames: segments of a run with another identity are never
 * joined with those of this one.
 */
export async function jobIdentity(
  request: JobRequest,
  tools: MediaTools,
  segmentLength: number,
  plans: readonly StagePlan[],
): Promise<string> {
  const { size, mtimeMs } = await stat(request.input);
  const parts = {
    input: { path: resolve(request.input), size, mtimeMs },
    stages: request.stages,
    models: plans.map((plan) => plan.identity),
    codec: request.codec,
    crf: request.crf ?? null,
    start: request.start ?? null,
    end: request.end ?? null,
    container: request.output.slice(request.output.lastIndexOf('.')),
    segmentLength,
    ffmpeg: tools.ffmpeg.version,
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
