import type { StageRequest } from '../../shared';
import type { Stage, StageClass, StreamFormat, Support } from '../frames';
import { Enhance } from './enhance';
import { Interpolate } from './interpolate';
import { Segment } from './segment';

export { frameProgram, gpuTileBudget, LumaUpscaler, type LumaCoding } from './enhance';
export {
  animatedSvg,
  BoxOutlines,
  cocoDocument,
  findBoxes,
  fittingFor,
  Follower,
  instancesOf,
  NetworkPicture,
  openSource,
  readRecord,
  recordLine,
  Segmenter,
  SnakeGraphs,
  svgOfEach,
  USUAL_MIN_SCORE,
  workingSizeFor,
  type ContourTarget,
  type Detection,
  type FoundBox,
  type FoundRecord,
  type InstanceSource,
  type RgbPicture,
} from './segment';
export {
  chooseSynthesizer,
  MotionSynthesizer,
  NetworkSynthesizer,
  type ChosenSynthesizer,
  type ReadyPicture,
  type Synthesizer,
} from './interpolate';

type Kind = StageRequest['kind'];
type RequestOf<K extends Kind> = Extract<StageRequest, { kind: K }>;

/** The class of each kind of stage. */
const STAGES: { readonly [K in Kind]: StageClass<RequestOf<K>> } = {
  enhance: Enhance,
  interpolate: Interpolate,
  segment: Segment,
};

/** The class for a request: the table's types tell that it takes it. */
function classOf(request: StageRequest): StageClass {
  return STAGES[request.kind] as StageClass;
}

/** A stage for a request, not opened yet. */
export function createStage(request: StageRequest): Stage {
  return new (classOf(request))(request);
}

/** Whether the stage of a request can take a stream. */
export function stageSupport(input: StreamFormat, request: StageRequest): Support {
  return classOf(request).supports(input, request);
}
