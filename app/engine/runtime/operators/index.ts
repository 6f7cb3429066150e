export { adder2d } from './adder2d';
export { customNode } from './custom-node';
export { dynamicFilter2d } from './dynamic-filter2d';
export { kernelOperators } from './kernel-operators';
export type { AnyTensor, Attributes, CustomNode, OperatorSet, PreparedOperator } from './operator';
export { pointHead } from './point-head';
export { quantizedConv2d } from './quantized-conv2d';
export { subpixelConv2d } from './subpixel-conv2d';
