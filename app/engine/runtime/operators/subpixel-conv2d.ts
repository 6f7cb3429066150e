import type { SubpixelConv2dDescription } from '../../../../kernels';
import { float32, int16, number, present } from './node-reader';
import type { AnyTensor, CustomNode, PreparedLayer, PreparedOperator } from './operator';

export interface SubpixelConv2dTensors<T> {
  readonly x: T;
  readonly skip: T;
  readonly y: T;
}

const INPUT = { x: 0, w: 1, scale: 2, bias: 3, skip: 4 } as const;

/** `clearcut.SubpixelConv2d`; its meaning and defaults stand in kernels/README.md. */
export function subpixelConv2d<S, T extends AnyTensor>(
  node: CustomNode,
  prepare: (description: SubpixelConv2dDescription) => PreparedLayer<S, SubpixelConv2dTensors<T>>,
): PreparedOperator<S, T> {
  const { attributes } = node;
  const w = node.constant(INPUT.w);
  const [outputs = 0, kH = 0, kW = 0, cin = 0] = w.dims;
  const blockSize = number(attributes, 'block_size', 0);
  if (outputs !== blockSize ** 2)
    throw new Error(`Expected ${blockSize ** 2} filters for ${node.name} but received ${outputs}.`);
  const x = present(node.inputs[INPUT.x], node);
  const skip = present(node.inputs[INPUT.skip], node);
  const y = present(node.outputs[0], node);
  const layer = prepare({
    w: int16(w, node),
    blockSize,
    kH,
    kW,
    cin,
    scale: float32(node.constant(INPUT.scale), node),
    bias: float32(node.constant(INPUT.bias), node),
    xZeroPoint: number(attributes, 'x_zero_point', 0),
  });
  return {
    inputs: [x, skip],
    outputs: [{ name: y, type: { type: 'float32', shape: [null, 1, null, null] } }],
    infer: ([dims = [], plane = []]) => {
      const [n = 0, h = 0, width = 0, channels = 0] = dims;
      const fits = channels === cin && plane.join() === [n, 1, h, width].join();
      if (!fits)
        throw new Error(
          `Expected ${cin} channels and a plane of their size for ${node.name} but received [${dims.join()}] and [${plane.join()}].`,
        );
      return [[n, 1, h * blockSize, width * blockSize]];
    },
    bind: ([codes, plane], [output]) =>
      layer.bind({ x: present(codes, node), skip: present(plane, node), y: present(output, node) }),
    dispose: () => {
      layer.dispose();
    },
  };
}
