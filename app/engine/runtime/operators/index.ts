export { customNode } from './custom-node';
export type { Attributes, CustomNode, OperatorSet, PreparedOperator } from './operator';
export { kernelOperators } from './kernel-operators';
