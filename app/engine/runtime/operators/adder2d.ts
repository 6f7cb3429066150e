import type { Adder2dDescription } from '../../../../kernels';
import { float32, number, numbers, present, uint8 } from './node-reader';
import type { AnyTensor, CustomNode, PreparedLayer, PreparedOperator } from './operator';

export interface Adder2dTensors<T> {
  readonly x: T;
  readonly residual: T | null;
  readonly y: T;
}

export interface Adder2dOnBackend<S, T> extends PreparedLayer<S, Adder2dTensors<T>> {
  outputShape(h: number, w: number): { readonly height: number; readonly width: number };
}

const INPUT = { x: 0, w: 1, scale: 2, bias: 3, residual: 4, slope: 5 } as const;

/** Element types of `y` by ONNX's number, the attribute `to`. */
const OUTPUT_TYPES: ReadonlyMap<number, 'uint8' | 'float32'> = new Map([
  [1, 'float32'],
  [2, 'uint8'],
]);

const ACTIVATIONS = ['none', 'relu', 'prelu'] as const;

/** `clearcut.Adder2d`; its meaning and defaults stand in kernels/README.md. */
export function adder2d<S, T extends AnyTensor>(
  node: CustomNode,
  prepare: (description: Adder2dDescription) => Adder2dOnBackend<S, T>,
): PreparedOperator<S, T> {
  const { attributes } = node;
  const w = node.constant(INPUT.w);
  const [cout = 0, kH = 0, kW = 0, cin = 0] = w.dims;
  const to = OUTPUT_TYPES.get(number(attributes, 'to', 2));
  const activation = ACTIVATIONS.find((name) => name === (attributes.get('activation') ?? 'none'));
  if (!to || !activation) throw new Error(`Expected a known activation and output type for ${node.name}.`);
  const [top = 0, left = 0, bottom = 0, right = 0] = numbers(attributes, 'pads', [0, 0, 0, 0]);
  const [strideH = 1, strideW = 1] = numbers(attributes, 'strides', [1, 1]);
  const layer = prepare({
    w: uint8(w, node),
    cout,
    kH,
    kW,
    cin,
    scale: float32(node.constant(INPUT.scale), node),
    bias: float32(node.constant(INPUT.bias), node),
    ...(activation === 'prelu' ? { slope: float32(node.constant(INPUT.slope), node) } : {}),
    pads: [top, left, bottom, right],
    strides: [strideH, strideW],
    padCode: number(attributes, 'pad_code', 0),
    residualScale: number(attributes, 'residual_scale', 1),
    activation,
    power: number(attributes, 'power', 1),
    powerGain: number(attributes, 'power_gain', 1),
    yZeroPoint: number(attributes, 'y_zero_point', 0),
    to,
  });
  const x = present(node.inputs[INPUT.x], node);
  const y = present(node.outputs[0], node);
  const residual = node.inputs[INPUT.residual] ?? null;
  return {
    inputs: residual === null ? [x] : [x, residual],
    outputs: [{ name: y, type: { type: to, shape: [null, null, null, cout] } }],
    // The epilogue reads a residual's element before it writes the output's.
    ...(residual === null ? {} : { inPlace: 1 }),
    infer: ([dims = []]) => {
      const [n = 0, h = 0, width = 0, channels = 0] = dims;
      if (channels !== cin)
        throw new Error(`Expected ${cin} channels for ${node.name} but received ${channels}.`);
      const size = layer.outputShape(h, width);
      return [[n, size.height, size.width, cout]];
    },
    bind: ([input, added], [output]) =>
      layer.bind({ x: present(input, node), residual: added ?? null, y: present(output, node) }),
    dispose: () => {
      layer.dispose();
    },
  };
}
