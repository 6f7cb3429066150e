import type { Kernels, KernelStep } from '../../../../kernels';
import type { HostTensor } from '../tensor';
import { adder2d } from './adder2d';
import { dynamicFilter2d } from './dynamic-filter2d';
import { float32, uint8 } from './node-reader';
import type { CustomNode, OperatorSet, PreparedOperator } from './operator';
import { pointHead } from './point-head';
import { quantizedConv2d } from './quantized-conv2d';
import { subpixelConv2d } from './subpixel-conv2d';

type Prepare = (kernels: Kernels, node: CustomNode) => PreparedOperator<KernelStep>;

/** Operators of our domain by their `op_type`. */
const OPERATORS: Readonly<Record<string, Prepare>> = {
  Adder2d: (kernels, node) =>
    adder2d(node, (description) => {
      const layer = kernels.prepareAdder2d(description);
      return {
        outputShape: (h, w) => layer.outputShape(h, w),
        bind: ({ x, residual, y }) => ({
          layer,
          x: uint8(x, node),
          ...imageSize(x),
          ...(residual ? { residual: uint8(residual, node) } : {}),
          y: layer.to === 'uint8' ? uint8(y, node) : float32(y, node),
        }),
        dispose: () => {
          layer.dispose();
        },
      };
    }),
  DynamicFilter2d: (kernels, node) =>
    dynamicFilter2d(node, (description) => {
      const layer = kernels.prepareDynamicFilter2d(description);
      return {
        outputShape: (h, w) => layer.outputShape(h, w),
        bind: ({ x, logits, y }) => {
          const [n = 0, c = 0, h = 0, w = 0] = x.dims;
          const arrays = { x: float32(x, node), logits: float32(logits, node), y: float32(y, node) };
          return { layer, ...arrays, n, c, h, w };
        },
        dispose: () => {
          layer.dispose();
        },
      };
    }),
  PointHead: (kernels, node) =>
    pointHead(node, (description) => {
      const layer = kernels.preparePointHead(description);
      return {
        bind: ({ maps, points, shape, y }) => ({
          layer,
          maps: maps.map((map) => {
            const [, h = 0, w = 0] = map.dims;
            return { data: float32(map, node), h, w };
          }),
          points: float32(points, node),
          shape: float32(shape, node),
          count: y.data.length,
          y: float32(y, node),
        }),
        dispose: () => {
          layer.dispose();
        },
      };
    }),
  QuantizedConv2d: (kernels, node) =>
    quantizedConv2d(node, (description) => {
      const layer = kernels.prepareQuantizedConv2d(description);
      return {
        bind: ({ x, y }) => ({ layer, x: float32(x, node), ...imageSize(y), y: uint8(y, node) }),
        dispose: () => {
          layer.dispose();
        },
      };
    }),
  SubpixelConv2d: (kernels, node) =>
    subpixelConv2d(node, (description) => {
      const layer = kernels.prepareSubpixelConv2d(description);
      return {
        bind: ({ x, skip, y }) => {
          const arrays = { x: uint8(x, node), skip: float32(skip, node), y: float32(y, node) };
          return { layer, ...arrays, ...imageSize(x) };
        },
        dispose: () => {
          layer.dispose();
        },
      };
    }),
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

/** Of a tensor in NHWC. */
function imageSize({ dims: [n = 0, h = 0, w = 0] }: HostTensor): { n: number; h: number; w: number } {
  return { n, h, w };
}
