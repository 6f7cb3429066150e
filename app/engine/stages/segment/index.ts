export { cocoDocument } from './export/coco-json';
export { instancesOf, readRecord, recordLine, type FoundRecord } from './export/found-record';
export type { ContourTarget } from './export/shown-frames';
export { animatedSvg, svgOfEach } from './export/svg';
export type { InstanceSource } from './instance-source';
export { USUAL_MIN_SCORE } from './network-source';
export { openSource } from './open-source';
export { Segment } from './segment-stage';
export { Segmenter } from './segmenter';
