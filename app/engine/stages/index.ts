import type { StageRequest } from '../../shared';
import type { Stage, StageClass, StreamFormat, Support } from '../frames';
import { Enhance } from './enhance';

export { LumaUpscaler, type LumaCoding } from './enhance';

/** The class of each kind of stage. */
const STAGES: { readonly [K in StageRequest['kind']]: StageClass<Extract<StageRequest, { kind: K }>> } = {
  enhance: Enhance,
};

/** A stage for a request, not opened yet. */
export function createStage(request: StageRequest): Stage {
  return new STAGES[request.kind](request);
}

/** Whether the stage of a request can take a stream. */
export function stageSupport(input: StreamFormat, request: StageRequest): Support {
  return STAGES[request.kind].supports(input, request);
}
