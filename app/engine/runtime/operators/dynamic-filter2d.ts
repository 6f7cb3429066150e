import type { DynamicFilter2dDescription } from '../../../../kernels';
import { number, present } from './node-reader';
import type { AnyTensor, CustomNode, PreparedLayer, PreparedOperator } from './operator';

export interface DynamicFilter2dTensors<T> {
  readonly x: T;
  readonly logits: T;
  readonly y: T;
}

export interface DynamicFilter2dOnBackend<S, T> extends PreparedLayer<S, DynamicFilter2dTensors<T>> {
  outputShape(h: number, w: number): { readonly height: number; readonly width: number };
}

const INPUT = { x: 0, logits: 1 } as const;

/** `clearcut.DynamicFilter2d`; its meaning and defaults stand in kernels/README.md. */
export function dynamicFilter2d<S, T extends AnyTensor>(
  node: CustomNode,
  prepare: (description: DynamicFilter2dDescription) => DynamicFilter2dOnBackend<S, T>,
): PreparedOperator<S, T> {
  const { attributes } = node;
  const groups = number(attributes, 'groups', 1);
  const side = number(attributes, 'kernel', 3);
  const stride = number(attributes, 'stride', 1);
  if ((side !== 3 && side !== 5) || (stride !== 1 && stride !== 2))
    throw new Error(`Expected a kernel of 3 or 5 and a stride of 1 or 2 for ${node.name}.`);
  const x = present(node.inputs[INPUT.x], node);
  const logits = present(node.inputs[INPUT.logits], node);
  const y = present(node.outputs[0], node);
  const layer = prepare({ groups, side, stride });
  return {
    inputs: [x, logits],
    outputs: [{ name: y, type: { type: 'float32', shape: [null, null, null, null] } }],
    infer: ([dims = [], filters = []]) => {
      const [n = 0, c = 0, h = 0, w = 0] = dims;
      const { height, width } = layer.outputShape(h, w);
      if (c % groups !== 0 || filters.join() !== [n, groups * side ** 2, height, width].join())
        throw new Error(
          `Expected ${groups} groups of channels and their filters for ${node.name} but received [${dims.join()}] and [${filters.join()}].`,
        );
      return [[n, c, height, width]];
    },
    bind: ([features, filters], [output]) =>
      layer.bind({ x: present(features, node), logits: present(filters, node), y: present(output, node) }),
    dispose: () => {
      layer.dispose();
    },
  };
}
