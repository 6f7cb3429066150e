import type { BenchRow, SegmentGraph } from '../../shared';
import {
  modelsOf,
  readModelFile,
  type GpuModel,
  type HostTensor,
  type ModelTensor,
  type OpenGpu,
} from '../runtime';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What people have, and what a program that stands for a card does in seconds. */
const SEEN: Size = { width: 512, height: 288 };
const STEP: Size = { width: 1280, height: 720 };
const SMALL_SIZE: Size = { width: 64, height: 32 };
const PEOPLE = 5;
/** Of a person, at the first and at every later step of point rendering. */
const POINTS = 28 * 28;
const SHAPE_VALUES = 5;

/**
 * The networks that cut out and those for motion, on the graphics card: every graph until the card is done with it, and with
 * the way there and back of what crosses.
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
    const models: GpuModel[] = [];
    const open = async (graph: SegmentGraph): Promise<GpuModel> => {
      const model = await device.openModel(await readModelFile(folder, manifest.graphs[graph]));
      models.push(model);
      return model;
    };
    try {
      const detector = await open('detector');
      const image = { image: standIn([1, 3, height, width], 1) };
      const keep = ['features', 'fine', 'semantic'];
      rows.push(...(await rowsOf(group, 'detector', detector, image, keep)));
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
      for (const graph of ['extreme', 'contour', 'points'] as const)
        rows.push(...(await rowsOf(group, graph, await open(graph), feeds[graph])));
    } finally {
      for (const model of models) await model.close();
    }
  }
  return rows;
}

async function benchStep(device: OpenGpu): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { manifest, folder } of await modelsOf('interpolate')) {
    const { width, height } = device.facts.software ? SMALL_SIZE : STEP;
    const model = await device.openModel(await readModelFile(folder, manifest));
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
      rows.push(...(await rowsOf(group, 'step', model, feeds, keep)));
    } finally {
      await model.close();
    }
  }
  return rows;
}

/** What crosses is what is fed from the host's memory and what isn't kept. */
async function rowsOf(
  group: string,
  name: string,
  model: GpuModel,
  feeds: Readonly<Record<string, ModelTensor>>,
  keep: readonly string[] = [],
): Promise<BenchRow[]> {
  const seconds = await model.time(feeds);
  const start = performance.now();
  const results = Object.values(await model.run(feeds, keep));
  const whole = performance.now() - start;
  const crossing = [...Object.values(feeds), ...results].flatMap((one) => ('kept' in one ? [] : [one.data]));
  await model.release(results.filter((one) => 'kept' in one));
  return [
    { group, name: `${name}, until it is done`, value: 1000 * seconds, unit: 'ms' },
    { group, name: `${name}, there and back`, value: whole, unit: 'ms' },
    {
      ...{ group, name: `${name}, bytes there and back`, unit: 'MB' },
      value: crossing.reduce((sum, { byteLength }) => sum + byteLength, 0) / 1e6,
    },
  ];
}

/** Numbers of nothing in particular between 0 and `most`. */
function standIn(dims: readonly number[], most: number): HostTensor {
  const data = Float32Array.from(
    { length: dims.reduce((product, size) => product * size, 1) },
    (_, at) => most * (0.5 + 0.4 * Math.sin(at / 7)),
  );
  return { type: 'float32', dims, data };
}
