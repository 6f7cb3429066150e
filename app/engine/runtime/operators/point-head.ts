import type { PointHeadDescription } from '../../../../kernels';
import { float32, list, number, present } from './node-reader';
import type { AnyTensor, CustomNode, PreparedLayer, PreparedOperator } from './operator';

export interface PointHeadTensors<T> {
  readonly maps: readonly T[];
  readonly points: T;
  readonly shape: T;
  readonly y: T;
}

/** `clearcut.PointHead`; its meaning stands in kernels/README.md. */
export function pointHead<S, T extends AnyTensor>(
  node: CustomNode,
  prepare: (description: PointHeadDescription) => PreparedLayer<S, PointHeadTensors<T>>,
): PreparedOperator<S, T> {
  const { attributes, inputs } = node;
  const strides = list(attributes, 'strides');
  const channels = list(attributes, 'channels');
  if (strides.length !== channels.length)
    throw new Error(`Expected a stride for each of ${channels.length} maps of ${node.name}.`);
  // Maps, points, shape, then weights and biases by turns.
  const [points, shape, weights] = [channels.length, channels.length + 1, channels.length + 2];
  const shapeValues = number(attributes, 'shape_values', 0);
  const layer = prepare({
    maps: channels.map((count, index) => ({ channels: count, stride: strides[index] ?? 1 })),
    coarseMaps: number(attributes, 'coarse_maps', 0),
    shapeValues,
    layers: Array.from({ length: (inputs.length - weights) / 2 }, (_, index) => ({
      w: float32(node.constant(weights + 2 * index), node),
      bias: float32(node.constant(weights + 2 * index + 1), node),
    })),
  });
  return {
    inputs: inputs.slice(0, weights).map((input) => present(input, node)),
    outputs: [{ name: present(node.outputs[0], node), type: { type: 'float32', shape: [null] } }],
    infer: (sizes) => {
      const [count = 0, axes = 0] = sizes[points] ?? [];
      const fits =
        axes === 2 &&
        (sizes[shape] ?? []).join() === [count, shapeValues].join() &&
        channels.every((depth, map) => {
          const [n, , , last] = sizes[map] ?? [];
          return n === 1 && last === depth;
        });
      if (!fits)
        throw new Error(
          `Expected maps, points and their shapes for ${node.name} but received ${sizes.map((size) => `[${size.join()}]`).join(', ')}.`,
        );
      return [[count]];
    },
    bind: (tensors, [output]) =>
      layer.bind({
        maps: tensors.slice(0, channels.length),
        points: present(tensors[points], node),
        shape: present(tensors[shape], node),
        y: present(output, node),
      }),
    dispose: () => {
      layer.dispose();
    },
  };
}
