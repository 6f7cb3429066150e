export { constantTensor, CUSTOM_DOMAIN, readGraph, type Graph, type GraphNode } from './graph';
export type { AttributeProto, NodeProto } from './onnx';
export { partition, type GraphSegment } from './partition';
export { inputTypes, subModel } from './sub-model';
export { narrowIndices } from './narrow-indices';
