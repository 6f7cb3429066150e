import type { QuantizedConv2dDescription } from '../../../../kernels';
import { float32, int16, number, present } from './node-reader';
import type { AnyTensor, CustomNode, PreparedLayer, PreparedOperator } from './operator';

export interface QuantizedConv2dTensors<T> {
  readonly x: T;
  readonly y: T;
}

const INPUT = { x: 0, w: 1, scale: 2, bias: 3 } as const;

/** `clearcut.QuantizedConv2d`; its meaning and defaults stand in kernels/README.md. */
export function quantizedConv2d<S, T extends AnyTensor>(
  node: CustomNode,
  prepare: (description: QuantizedConv2dDescription) => PreparedLayer<S, QuantizedConv2dTensors<T>>,
): PreparedOperator<S, T> {
  const { attributes } = node;
  const w = node.constant(INPUT.w);
  const [cout = 0, kH = 0, kW = 0, cin = 0] = w.dims;
  const activation = attributes.get('activation') ?? 'none';
  if (cin !== 1) throw new Error(`Expected one input channel for ${node.name} but received ${cin}.`);
  if (activation !== 'none' && activation !== 'relu')
    throw new Error(`Expected a known activation for ${node.name}.`);
  const x = present(node.inputs[INPUT.x], node);
  const y = present(node.outputs[0], node);
  const layer = prepare({
    w: int16(w, node),
    cout,
    kH,
    kW,
    scale: float32(node.constant(INPUT.scale), node),
    bias: float32(node.constant(INPUT.bias), node),
    xLevels: number(attributes, 'x_levels', 255 * 64),
    activation,
    yZeroPoint: number(attributes, 'y_zero_point', 0),
  });
  return {
    inputs: [x],
    outputs: [{ name: y, type: { type: 'uint8', shape: [null, null, null, cout] } }],
    infer: ([dims = []]) => {
      const [n = 0, channels = 0, h = 0, width = 0] = dims;
      if (channels !== 1) throw new Error(`Expected one channel for ${node.name} but received ${channels}.`);
      return [[n, h, width, cout]];
    },
    bind: ([input], [output]) => layer.bind({ x: present(input, node), y: present(output, node) }),
    dispose: () => {
      layer.dispose();
    },
  };
}
