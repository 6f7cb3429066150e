import type { Kernels, KernelStep } from '../../../../kernels';
import { adder2d } from './adder2d';
import { dynamicFilter2d } from './dynamic-filter2d';
import type { CustomNode, OperatorSet, PreparedOperator } from './operator';
import { quantizedConv2d } from './quantized-conv2d';
import { subpixelConv2d } from './subpixel-conv2d';

type Prepare = (kernels: Kernels, node: CustomNode) => PreparedOperator<KernelStep>;

/** Operators of our domain by their `op_type`. */
const OPERATORS: Readonly<Record<string, Prepare>> = {
  Adder2d: adder2d,
  DynamicFilter2d: dynamicFilter2d,
  QuantizedConv2d: quantizedConv2d,
  SubpixelConv2d: subpixelConv2d,
};

/** Our operators, run by `kernels`. */
export function kernelOperators(kernels: Kernels): OperatorSet<KernelStep> {
  return {
    operators: new Map(
      Object.entries(OPERATORS).map(([name, prepare]) => [name, (node) => prepare(kernels, node)]),
    ),
    run: (steps) => kernels.run(steps),
  };
}
