import { checkArray, checkFinites, checkInteger, expected } from '../checks';

/** A fully connected layer. */
export interface PointLayer {
  /** [outputs, inputs] */
  readonly w: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
}

/** A node's constants and attributes; kernels/README.md says what they mean. */
export interface PointHeadDescription {
  /** Of each map: its channels, and input pixels from one of its places to the next. */
  readonly maps: readonly { readonly channels: number; readonly stride: number }[];
  /** The last maps, which enter every layer; the others enter the first. */
  readonly coarseMaps: number;
  /** Values of a point beside the maps; they enter every layer. */
  readonly shapeValues: number;
  /** The last has one output. */
  readonly layers: readonly PointLayer[];
}

/** What a description comes to. */
export interface PointHeadLayer extends PointHeadDescription {
  /** Values that enter the first layer alone, and every layer. */
  readonly fine: number;
  readonly coarse: number;
}

export const MOST_MAPS = 4;
const MOST_VALUES = 1024;

/** Checks a description. @throws TypeError that names what is wrong */
export function pointHeadLayer(description: PointHeadDescription): PointHeadLayer {
  const { maps, coarseMaps, shapeValues, layers } = description;
  checkInteger(maps.length, 'maps', 1, MOST_MAPS);
  checkInteger(coarseMaps, 'coarseMaps', 0, maps.length);
  checkInteger(shapeValues, 'shapeValues', 0, MOST_VALUES);
  for (const [index, { channels, stride }] of maps.entries()) {
    checkInteger(channels, `maps[${index}].channels`, 1, MOST_VALUES);
    checkInteger(stride, `maps[${index}].stride`, 1, 256);
  }
  const count = (list: typeof maps): number => list.reduce((sum, { channels }) => sum + channels, 0);
  const first = maps.length - coarseMaps;
  const fine = count(maps.slice(0, first));
  const coarse = count(maps.slice(first)) + shapeValues;
  checkInteger(layers.length, 'layers', 1, 16);
  let before = fine;
  for (const [index, { w, bias }] of layers.entries()) {
    const outputs = bias.length;
    checkInteger(outputs, `layers[${index}].bias`, 1, MOST_VALUES);
    checkFinites(bias, outputs, `layers[${index}].bias`);
    checkArray(w, Float32Array, outputs * (before + coarse), `layers[${index}].w`);
    checkFinites(w, w.length, `layers[${index}].w`);
    before = outputs;
  }
  if (before !== 1) expected('one output', 'the last layer', before);
  const copies = layers.map(({ w, bias }) => ({ w: w.slice(), bias: bias.slice() }));
  return { maps, coarseMaps, shapeValues, layers: copies, fine, coarse };
}
