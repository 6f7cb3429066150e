import { ModelProto, type NodeProto, type TensorProto } from './graph/onnx';
import type { HostTensor } from './tensor';

const WIDTH = 16;
const HEIGHT = 12;
const CHANNELS = 8;
const FLOAT = 1;

/** A small network of layers that onnxruntime computes in those that cut out and those for motion, and what it is fed. */
export function trialNetwork(): { readonly model: Uint8Array; readonly feeds: Record<string, HostTensor> } {
  const node = (
    opType: string,
    input: string[],
    output: string,
    attribute: NodeProto['attribute'] = [],
  ): NodeProto => ({
    ...{ opType, input, output: [output], attribute },
  });
  const ints = (name: string, values: number[]) => ({ name, type: 7, ints: values });
  const int = (name: string, i: number) => ({ name, type: 2, i });
  const padded = [ints('kernel_shape', [3, 3]), ints('pads', [1, 1, 1, 1])];
  const model = ModelProto.encode(
    ModelProto.fromObject({
      irVersion: 8,
      opsetImport: [{ domain: '', version: 17 }],
      graph: {
        name: 'trial',
        node: [
          node('Conv', ['x', 'first', 'bias'], 'a', padded),
          node('Relu', ['a'], 'b'),
          node('Conv', ['b', 'second'], 'c', padded),
          node('DepthToSpace', ['c'], 'd', [int('blocksize', 2)]),
          node('AveragePool', ['d'], 'e', [ints('kernel_shape', [2, 2]), ints('strides', [2, 2])]),
          node('Concat', ['e', 'x'], 'f', [int('axis', 1)]),
          node('Sigmoid', ['f'], 'y'),
        ],
        initializer: [
          weights('first', [CHANNELS, 3, 3, 3], 1),
          weights('bias', [CHANNELS], 2),
          weights('second', [12, CHANNELS, 3, 3], 3),
        ],
        input: [value('x', 3)],
        output: [value('y', 6)],
      },
    }),
  ).finish();
  const dims = [1, 3, HEIGHT, WIDTH];
  return { model, feeds: { x: { type: 'float32', dims, data: waves(3 * HEIGHT * WIDTH, 4) } } };
}

function weights(name: string, dims: number[], seed: number): TensorProto {
  const count = dims.reduce((product, size) => product * size, 1);
  return { name, dims, dataType: FLOAT, floatData: [...waves(count, seed)] };
}

function waves(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => 0.3 * Math.sin((at + 1) * (seed + 0.7)));
}

function value(name: string, channels: number) {
  const dim = [1, channels, HEIGHT, WIDTH].map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}
