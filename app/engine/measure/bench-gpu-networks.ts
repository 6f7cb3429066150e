import { REFINE_INPUTS, type BenchRow, type ModelFile, type SegmentGraph } from '../../shared';
import {
  modelsOf,
  readModelFile,
  type GpuModel,
  type HostTensor,
  type ModelTensor,
  type OpenGpu,
  type PictureProgram,
  type PlaneCodes,
} from '../runtime';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What people have, how the network for objects sees it, and what a program that stands for a card does in seconds. */
const FRAME: Size = { width: 1920, height: 1080 };
const SEEN: Size = { width: 512, height: 288 };
const STEP: Size = { width: 1280, height: 720 };
const SMALL_SIZE: Size = { width: 64, height: 32 };
const PEOPLE = 5;
/** Of a person, at the first and at every later step of point rendering. */
const POINTS = 28 * 28;
const SHAPE_VALUES = 5;

/**
 * The networks that cut out and those for motion, on the graphics card: every graph until the card is done with it, and with
 * the way there and back of what crosses, frames as codes.
 */
export async function benchGpuNetworks(
  device: OpenGpu,
  onProgress: (line: string) => void,
): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [kind, bench] of [
    ['segment', benchSegmentGraphs],
    ['interpolate', benchStep],
  ] as const) {
    onProgress(kind);
    rows.push(...(await bench(device)));
  }
  return rows;
}

async function benchSegmentGraphs(device: OpenGpu): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { manifest, folder } of await modelsOf('segment')) {
    const { width, height } = device.facts.software ? SMALL_SIZE : SEEN;
    const people = device.facts.software ? 1 : PEOPLE;
    const group = `${manifest.name}, ${width}×${height}, ${people} ${people === 1 ? 'person' : 'people'}`;
    const models: { close(): Promise<void> }[] = [];
    const open = async (graph: SegmentGraph): Promise<GpuModel> => {
      const model = await device.openModel(await readModelFile(folder, manifest.graphs[graph]));
      models.push(model);
      return model;
    };
    try {
      const detector = await open('detector');
      const image = { image: standIn([1, 3, height, width], 1) };
      const keep = ['features', 'fine', 'semantic'];
      const { program, codes } = frameFor(device.facts.software ? SMALL_SIZE : FRAME, { width, height });
      const pictures = await device.openPictures(program);
      models.push(pictures);
      const look = async (): Promise<number> => {
        const kept = await pictures.take(codes);
        const seen = device.read(kept);
        const bytes = await called(detector, { image: kept }, keep);
        await pictures.release([kept]);
        return bytes + bytesOf([...codes, (await seen).data]);
      };
      rows.push(...(await rowsOf(group, 'detector', () => detector.time(image), look)));
      const { features, fine, semantic } = await detector.run(image, keep);
      if (!features || !fine || !semantic) throw new Error(`The model ${manifest.name} gave no maps.`);
      const { diamond, contour } = manifest.points;
      const points = people * POINTS;
      const feeds: Readonly<Record<Exclude<SegmentGraph, 'detector'>, Record<string, ModelTensor>>> = {
        extreme: {
          features,
          points: standIn([people, diamond, 2], height),
          centres: standIn([people, 2], height),
        },
        contour: { features, points: standIn([people, contour, 2], height) },
        points: {
          ...{ features, fine, semantic },
          points: standIn([points, 2], height),
          shape: standIn([points, SHAPE_VALUES], 1),
        },
      };
      for (const graph of ['extreme', 'contour', 'points'] as const) {
        const model = await open(graph);
        const call = (): Promise<number> => called(model, feeds[graph]);
        rows.push(...(await rowsOf(group, graph, () => model.time(feeds[graph]), call)));
      }
    } finally {
      for (const model of models) await model.close();
    }
  }
  return rows;
}

async function benchStep(device: OpenGpu): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const models = await modelsOf('interpolate');
  // The larger one has the same operators, whose shaders such a program compiles for minutes.
  const benched = device.facts.software ? models.filter(({ manifest }) => manifest.size === 'light') : models;
  for (const { manifest, folder } of benched) {
    const { width, height } = device.facts.software ? SMALL_SIZE : STEP;
    const model = await device.openModel(await readModelFile(folder, manifest));
    const { program, codes } = frameFor({ width, height }, { width, height });
    const crossing = await device.openPictures(program);
    try {
      const pictures = ['previous', 'next', 'warped_previous', 'warped_next'].map(
        (name) => [name, standIn([1, 3, height, width], 1)] as const,
      );
      const states = manifest.states.map(
        ({ name, channels, stride }) =>
          [`state.${name}`, standIn([1, channels, height / stride, width / stride], 1)] as const,
      );
      const keep = manifest.states.map(({ name }) => `next.${name}`);
      const feeds = Object.fromEntries<ModelTensor>([...pictures, ...states]);
      // As a job runs it: states are there from the step before.
      const before = await model.run(feeds, keep);
      for (const { name } of manifest.states) {
        const state = before[`next.${name}`];
        if (state) feeds[`state.${name}`] = state;
      }
      const group = `${manifest.name}, ${width}×${height}, states on the card`;
      const previous = await crossing.take(codes);
      const step = async (): Promise<number> => {
        const next = await crossing.take(codes);
        const made = ['between', 'sharp'];
        const results = await model.run({ ...feeds, previous, next }, [...keep, ...made]);
        const back = codes.map((plane) => plane.slice());
        const tensors = Object.values(results).filter((one) => 'kept' in one);
        for (const name of made) {
          const result = results[name];
          if (result && 'kept' in result) await crossing.give(result, back);
        }
        await model.release(tensors);
        await crossing.release([next]);
        const warped = pictures.slice(2).map(([, { data }]) => data);
        return bytesOf([...codes, ...warped, ...back, ...back]);
      };
      rows.push(...(await rowsOf(group, 'step', () => model.time(feeds), step)));
    } finally {
      await crossing.close();
      await model.close();
    }
    if (manifest.refine)
      rows.push(...(await benchRefine(device, folder, manifest.refine, { width, height })));
  }
  return rows;
}

/** New frames once more: all that it reads and makes crosses as floats. */
async function benchRefine(
  device: OpenGpu,
  folder: string,
  file: ModelFile,
  { width, height }: Size,
): Promise<BenchRow[]> {
  const model = await device.openModel(await readModelFile(folder, file));
  try {
    const feeds = Object.fromEntries(
      REFINE_INPUTS.map((name) => [name, standIn([1, 3, height, width], 1)] as const),
    );
    const group = `new frames once more, ${width}×${height}`;
    return await rowsOf(
      group,
      'refine',
      () => model.time(feeds),
      () => called(model, feeds),
    );
  } finally {
    await model.close();
  }
}

/** A call as a job makes it, once more than it is timed; it gives how many bytes crossed. */
async function rowsOf(
  group: string,
  name: string,
  time: () => Promise<number>,
  call: () => Promise<number>,
): Promise<BenchRow[]> {
  const seconds = await time();
  await call();
  const start = performance.now();
  const bytes = await call();
  const whole = performance.now() - start;
  return [
    { group, name: `${name}, until it is done`, value: 1000 * seconds, unit: 'ms' },
    { group, name: `${name}, there and back`, value: whole, unit: 'ms' },
    { group, name: `${name}, bytes there and back`, value: bytes / 1e6, unit: 'MB' },
  ];
}

/** Runs a model; what crosses is what is fed from the host's memory and what isn't kept. */
async function called(
  model: GpuModel,
  feeds: Readonly<Record<string, ModelTensor>>,
  keep: readonly string[] = [],
): Promise<number> {
  const results = Object.values(await model.run(feeds, keep));
  await model.release(results.filter((one) => 'kept' in one));
  return bytesOf([...Object.values(feeds), ...results].flatMap((one) => ('kept' in one ? [] : [one.data])));
}

function bytesOf(arrays: readonly { readonly byteLength: number }[]): number {
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** A frame in 8-bit 4:2:0, and how a network reads it that sees it in a size. */
function frameFor(
  { width, height }: Size,
  seen: Size,
): { readonly program: PictureProgram; readonly codes: readonly PlaneCodes[] } {
  const luma = Uint8Array.from({ length: width * height }, (_, at) => 16 + ((at * 7919) % 220));
  const chroma = new Uint8Array((width * height) / 4).fill(128);
  const coding: PictureProgram['coding'] = {
    ...{ width, height, chromaShiftX: 1, chromaShiftY: 1, siteX: 0, siteY: 0.5 },
    ...{ red: 0.2126, blue: 0.0722, black: 16, white: 235, chromaZero: 128, chromaSpan: 224, most: 255 },
  };
  const sizes = { ...seen, pictureWidth: seen.width, pictureHeight: seen.height };
  return {
    program: { coding, grey: false, wide: false, rotation: 0, ...sizes },
    codes: [luma, chroma, chroma.slice()],
  };
}

/** Numbers of nothing in particular between 0 and `most`. */
function standIn(dims: readonly number[], most: number): HostTensor {
  const data = Float32Array.from(
    { length: dims.reduce((product, size) => product * size, 1) },
    (_, at) => most * (0.5 + 0.4 * Math.sin(at / 7)),
  );
  return { type: 'float32', dims, data };
}
