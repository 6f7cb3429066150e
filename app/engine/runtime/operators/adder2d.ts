import type { Adder2dStep, Kernels } from '../../../../kernels';
import type { ElementType, HostTensor } from '../tensor';
import type { Attributes, CustomNode, OperatorSet, PreparedOperator } from './operator';

const INPUT = { x: 0, w: 1, scale: 2, bias: 3, residual: 4, slope: 5 } as const;

/** Element types of `y` by ONNX's number, the attribute `to`. */
const OUTPUT_TYPES: ReadonlyMap<number, 'uint8' | 'float32'> = new Map([
  [1, 'float32'],
  [2, 'uint8'],
]);

const ACTIVATIONS = ['none', 'relu', 'prelu'] as const;

/** Our operators, run by `kernels`. */
export function kernelOperators(kernels: Kernels): OperatorSet<Adder2dStep> {
  return {
    operators: new Map([['Adder2d', (node: CustomNode) => adder2d(kernels, node)]]),
    run: (steps) => kernels.run(steps),
  };
}

/** `clearcut.Adder2d`; its meaning and defaults stand in kernels/README.md. */
function adder2d(kernels: Kernels, node: CustomNode): PreparedOperator<Adder2dStep> {
  const { attributes } = node;
  const w = node.constant(INPUT.w);
  const [cout = 0, kH = 0, kW = 0, cin = 0] = w.dims;
  const to = OUTPUT_TYPES.get(number(attributes, 'to', 2));
  const activation = ACTIVATIONS.find((name) => name === (attributes.get('activation') ?? 'none'));
  if (!to || !activation) throw new Error(`Expected a known activation and output type for ${node.name}.`);
  const [top = 0, left = 0, bottom = 0, right = 0] = numbers(attributes, 'pads', [0, 0, 0, 0]);
  const [strideH = 1, strideW = 1] = numbers(attributes, 'strides', [1, 1]);
  const layer = kernels.prepareAdder2d({
    w: uint8(w, node),
    cout,
    kH,
    kW,
    cin,
    scale: float32(node, INPUT.scale),
    bias: float32(node, INPUT.bias),
    ...(activation === 'prelu' ? { slope: float32(node, INPUT.slope) } : {}),
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
  const x = node.inputs[INPUT.x];
  const y = node.outputs[0];
  if (!x || !y) throw new Error(`Expected an input and an output for ${node.name}.`);
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
    bind: ([input, added], [output]) => {
      if (!input || !output) throw new Error(`Expected an input and an output for ${node.name}.`);
      const [n = 0, h = 0, width = 0] = input.dims;
      return {
        layer,
        x: uint8(input, node),
        n,
        h,
        w: width,
        ...(added ? { residual: uint8(added, node) } : {}),
        y: output.data as Uint8Array | Float32Array,
      };
    },
    dispose: () => {
      layer.dispose();
    },
  };
}

function number(attributes: Attributes, name: string, otherwise: number): number {
  const value = attributes.get(name) ?? otherwise;
  if (typeof value !== 'number')
    throw new Error(`Expected a number for ${name} but received ${String(value)}.`);
  return value;
}

function numbers(attributes: Attributes, name: string, otherwise: readonly number[]): readonly number[] {
  const value = attributes.get(name) ?? otherwise;
  if (!Array.isArray(value) || value.length !== otherwise.length)
    throw new Error(`Expected ${otherwise.length} numbers for ${name} but received ${String(value)}.`);
  return value as readonly number[];
}

function uint8(tensor: HostTensor, node: CustomNode): Uint8Array {
  return typed(tensor, 'uint8', node) as Uint8Array;
}

function float32(node: CustomNode, index: number): Float32Array {
  return typed(node.constant(index), 'float32', node) as Float32Array;
}

function typed(tensor: HostTensor, type: ElementType, node: CustomNode): HostTensor['data'] {
  if (tensor.type !== type)
    throw new Error(`Expected ${type} for an input of ${node.name} but received ${tensor.type}.`);
  return tensor.data;
}
