import {
  GpuAdder2d,
  GpuDynamicFilter2d,
  GpuPointHead,
  GpuQuantizedConv2d,
  GpuSubpixelConv2d,
  type GpuPrograms,
  type GpuStep,
} from '../../../../../kernels/webgpu';
import {
  adder2d,
  dynamicFilter2d,
  pointHead,
  quantizedConv2d,
  subpixelConv2d,
  type CustomNode,
  type PreparedOperator,
} from '../../operators';
import type { GpuTensor } from './gpu-tensor';

type Prepare = (programs: GpuPrograms, node: CustomNode) => PreparedOperator<GpuStep, GpuTensor>;

/** Operators of our domain by their `op_type`, as steps of a GPU. */
const OPERATORS: Readonly<Record<string, Prepare>> = {
  Adder2d: (programs, node) =>
    adder2d(node, (description) => {
      const layer = new GpuAdder2d(programs, description);
      return {
        outputShape: (h, w) => layer.outputShape(h, w),
        bind: ({ x, residual, y }) =>
          layer.bind({ x, ...imageSize(x), ...(residual ? { residual } : {}), y }),
        dispose: () => {
          layer.dispose();
        },
      };
    }),
  DynamicFilter2d: (programs, node) =>
    dynamicFilter2d(node, (description) => {
      const layer = new GpuDynamicFilter2d(programs, description);
      return {
        outputShape: (h, w) => layer.outputShape(h, w),
        bind: ({ x, logits, y }) => {
          const [n = 0, c = 0, h = 0, w = 0] = x.dims;
          return layer.bind({ x, logits, n, c, h, w, y });
        },
        dispose: () => undefined,
      };
    }),
  PointHead: (programs, node) =>
    pointHead(node, (description) => {
      const layer = new GpuPointHead(programs, description);
      return {
        bind: ({ maps, points, shape, y }) =>
          layer.bind({
            maps: maps.map(({ buffer, dims: [, h = 0, w = 0] }) => ({ buffer, h, w })),
            ...{ points, shape, y },
            count: points.dims[0] ?? 0,
          }),
        dispose: () => {
          layer.dispose();
        },
      };
    }),
  QuantizedConv2d: (programs, node) =>
    quantizedConv2d(node, (description) => {
      const layer = new GpuQuantizedConv2d(programs, description);
      return {
        bind: ({ x, y }) => layer.bind({ x, ...imageSize(y), y }),
        dispose: () => {
          layer.dispose();
        },
      };
    }),
  SubpixelConv2d: (programs, node) =>
    subpixelConv2d(node, (description) => {
      const layer = new GpuSubpixelConv2d(programs, description);
      return {
        bind: ({ x, skip, y }) => layer.bind({ x, skip, ...imageSize(x), y }),
        dispose: () => {
          layer.dispose();
        },
      };
    }),
};

/** Makes a custom node ready for a GPU. @throws Error for an operator that is unknown, or a node with wrong attributes */
export function prepareOperator(
  programs: GpuPrograms,
  node: CustomNode,
): PreparedOperator<GpuStep, GpuTensor> {
  const prepare = OPERATORS[node.opType];
  if (!prepare) throw new Error(`This version of Clearcut has no operator ${node.opType}.`);
  return prepare(programs, node);
}

/** Of a tensor in NHWC. */
function imageSize({ dims: [n = 0, h = 0, w = 0] }: GpuTensor): { n: number; h: number; w: number } {
  return { n, h, w };
}
