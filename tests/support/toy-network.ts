import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import onnxProto from 'onnx-proto';
import { REFINE_INPUTS, type InterpolateManifest } from '../../app/shared';

const { ModelProto } = onnxProto.onnx;

export interface ToyNetwork {
  readonly model: Uint8Array;
  /** The graph that makes new frames once more. */
  readonly refine: Uint8Array;
  readonly manifest: InterpolateManifest;
}

/**
 * A network for motion whose results are known: `sharp` is the frame two steps ago, a little mixed with a box blur of
 * the one before (so that tiles need their halo); `between` the mean of both warped frames a step ago. With
 * `remembers`, a running mean of all frames of the shot goes into both. What `refines` is half of a box blur of `between`, and
 * a quarter of each sharp frame, moved to the middle.
 */
export function toyNetwork({ remembers = false, multiple = 8, refines = false } = {}): ToyNetwork {
  const nodes = [
    node('AveragePool', ['previous'], 'blurred'),
    node('Mul', ['blurred', 'tenth'], 'part'),
    node('Mul', ['state.frame', 'most'], 'rest'),
    node('Add', ['part', 'rest'], 'mixed'),
    node('Identity', ['previous'], 'next.frame'),
    node('Add', ['warped_previous', 'warped_next'], 'sum'),
    node('Mul', ['sum', 'half'], 'next.middle'),
    ...(remembers
      ? [
          node('Sub', ['next', 'state.mean'], 'apart'),
          node('Mul', ['apart', 'half'], 'toward'),
          node('Add', ['state.mean', 'toward'], 'next.mean'),
          node('Mul', ['state.mean', 'tenth'], 'memory'),
          node('Mul', ['mixed', 'most'], 'fresh'),
          node('Add', ['fresh', 'memory'], 'sharp'),
          node('Add', ['state.middle', 'memory'], 'between'),
        ]
      : [node('Identity', ['mixed'], 'sharp'), node('Identity', ['state.middle'], 'between')]),
  ];
  const states: InterpolateManifest['states'] = [
    { name: 'frame', channels: 3, stride: 1, start: 'frame' },
    { name: 'middle', channels: 3, stride: 1, start: 'frame' },
    ...(remembers ? [{ name: 'mean', channels: 3, stride: 1, start: 'zero' } as const] : []),
  ];
  const inputs = ['previous', 'next', 'warped_previous', 'warped_next'];
  const names = states.map(({ name }) => name);
  const picture = (name: string) => ({
    name,
    type: {
      tensorType: {
        elemType: 1,
        shape: {
          dim: [{ dimValue: 1 }, { dimValue: 3 }, { dimParam: 'height' }, { dimParam: 'width' }],
        },
      },
    },
  });
  const constant = (name: string, value: number) => ({ name, dims: [], dataType: 1, floatData: [value] });
  const graph = (node: object[], input: string[], output: string[]): Uint8Array =>
    ModelProto.encode(
      ModelProto.fromObject({
        irVersion: 8,
        opsetImport: [{ domain: '', version: 17 }],
        graph: {
          name: 'toy',
          node,
          initializer: [constant('half', 0.5), constant('tenth', 0.1), constant('most', 0.9)],
          input: input.map(picture),
          output: output.map(picture),
        },
      }),
    ).finish();
  const model = graph(
    nodes,
    [...inputs, ...names.map((name) => `state.${name}`)],
    ['between', 'sharp', ...names.map((name) => `next.${name}`)],
  );
  const refine = graph(
    [
      node('AveragePool', ['between'], 'blurred'),
      node('Mul', ['blurred', 'half'], 'part'),
      node('Add', ['warped_previous', 'warped_next'], 'sum'),
      node('Mul', ['sum', 'half'], 'mean'),
      node('Mul', ['mean', 'half'], 'rest'),
      node('Add', ['part', 'rest'], 'refined'),
    ],
    [...REFINE_INPUTS],
    ['refined'],
  );
  const hashOf = (blob: Uint8Array): string => createHash('sha256').update(blob).digest('hex');
  const tensor = (name: string) => ({
    name,
    type: 'float32',
    shape: [1, 3, 'height', 'width'],
    layout: 'NCHW',
  });
  return {
    model,
    refine,
    manifest: {
      ...{ name: 'toy-motion', title: 'Toy', version: '1.0.0', task: 'interpolate', file: 'model.onnx' },
      ...{ size: 'light', halo: 1, multiple, delay: 2, memory: remembers ? null : 2, states },
      sha256: hashOf(model),
      ...(refines ? { refine: { file: 'refine.onnx', sha256: hashOf(refine), halo: 1 } } : {}),
      inputs: inputs.map(tensor),
      outputs: ['between', 'sharp'].map(tensor),
      colour: { plane: 'rgb' },
      operations: { adder: 0, mac: 10 },
      parameters: 3,
      licence: { weights: 'MIT', data: [] },
      training: {},
      quality: [{ dataset: 'none', measure: 'between', psnr: 30, ssim: 0.9 }],
    },
  };
}

/** Puts a network into a folder of models. */
export async function installToy(folder: string, { model, refine, manifest }: ToyNetwork): Promise<string> {
  const to = join(folder, manifest.name);
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'model.onnx'), model);
  await writeFile(join(to, 'refine.onnx'), refine);
  await writeFile(join(to, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

function node(opType: string, input: string[], output: string): object {
  const pool = [
    { name: 'kernel_shape', type: 7, ints: [3, 3] },
    { name: 'pads', type: 7, ints: [1, 1, 1, 1] },
  ];
  return { opType, input, output: [output], ...(opType === 'AveragePool' ? { attribute: pool } : {}) };
}
