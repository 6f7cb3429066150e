import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountingHost } from '../../../../tests/support/counting-host';
import { testGpu } from '../../../../tests/support/gpu';
import type { PictureCoding } from '../../../../kernels';
import { DeviceError } from '../../../shared';
import {
  findSegmentModel,
  LocalGpu,
  NodeHost,
  nodeGpu,
  processGpu,
  processKernels,
  setProcessGpu,
  type BackendChoice,
  type Gpu,
  type SegmentModel,
} from '../../runtime';
import { BoxOutlines } from './box-outlines';
import type { CodedPicture, Detection } from './instances';
import { fittingFor, NetworkPicture, programFor } from './network-picture';
import { findBoxes } from './peaks';
import { Segmenter, type SegmenterOptions } from './segmenter';
import { SnakeGraphs } from './snake-graphs';

const found = await testGpu();
const adapter = (found ? await processGpu().adapters() : [])[0]?.name ?? '';
const WIDTH = 96;
const HEIGHT = 64;
/** A person to the network, though it is not sure. */
const MIN_SCORE = 0.07;

/** A figure of a few shapes before a wall. */
function figure(): Float32Array {
  const tints = [1.1, 1, 0.9];
  return Float32Array.from({ length: 3 * WIDTH * HEIGHT }, (_, at) => {
    const x = (at % WIDTH) - WIDTH / 2;
    const y = Math.floor(at / WIDTH) % HEIGHT;
    let grey = 0.75 - (0.2 * y) / HEIGHT;
    if (Math.hypot(x, y - 14) < 6) grey = 0.45;
    if (Math.abs(x) < 9 && y > 20 && y < 42) grey = 0.2;
    if (Math.abs(Math.abs(x) - 4.5) < 3.4 && y >= 42 && y < 62) grey = 0.12;
    return Math.min(1, grey * (tints[Math.floor(at / WIDTH / HEIGHT)] ?? 1));
  });
}

/** The figure as a frame of a video. */
async function coded(): Promise<CodedPicture> {
  const coding: PictureCoding = {
    ...{ width: WIDTH, height: HEIGHT, chromaShiftX: 1, chromaShiftY: 1, siteX: 0, siteY: 0.5 },
    ...{ red: 0.2126, blue: 0.0722, black: 16, white: 235, chromaZero: 128, chromaSpan: 224, most: 255 },
  };
  const area = WIDTH * HEIGHT;
  const codes = [area, area / 4, area / 4].map((samples) => new Uint8Array(samples));
  await processKernels().rgbToPlanes(figure(), codes, coding);
  return { width: WIDTH, height: HEIGHT, codes, coding, rotation: 0 };
}

interface Outlines {
  /** [boxes, contourPoints, 2] in pixels of the network's input. */
  readonly contours: Float32Array;
  readonly detections: readonly Detection[];
}

/** Contours and mattes of the people in the figure, graph by graph. */
async function outlinesOf(graphs: SnakeGraphs, { manifest }: SegmentModel): Promise<Outlines> {
  const picture = { width: WIDTH, height: HEIGHT, data: figure() };
  const fitting = fittingFor(WIDTH, HEIGHT, WIDTH, manifest.multiple);
  const data = await new NetworkPicture().take(picture, fitting);
  const dims = [1, 3, fitting.height, fitting.width];
  const maps = await graphs.detect({ type: 'float32', dims, data });
  const { boxes } = findBoxes(maps, { classes: [0], minScore: MIN_SCORE, most: 9 });
  const outlines = new BoxOutlines(graphs);
  const contours = (await outlines.contours(boxes)).slice();
  const scale = { width: WIDTH, height: HEIGHT, across: 1, down: 1 };
  const guide = { picture, data, fitting };
  return { contours, detections: await outlines.detections(boxes, contours, guide, scale) };
}

/** The furthest that a point of contours lies from where it should, in pixels of the network's input. */
function furthest(contours: Float32Array, wanted: Float32Array): number {
  expect(contours.length).toBe(wanted.length);
  return contours.reduce((most, value, at) => Math.max(most, Math.abs(value - (wanted[at] ?? NaN))), 0);
}

/** Pixels of mattes, and those that differ. */
function differing(
  detections: readonly Detection[],
  wanted: readonly Detection[],
): { readonly pixels: number; readonly differ: number } {
  expect(detections.map(({ classIndex }) => classIndex)).toEqual(wanted.map(({ classIndex }) => classIndex));
  let [pixels, differ] = [0, 0];
  for (const [index, { matte }] of detections.entries()) {
    const other = wanted[index]!.matte;
    expect({ ...matte, data: 0 }).toEqual({ ...other, data: 0 });
    pixels += matte.data.length;
    differ += matte.data.filter((value, at) => value !== other.data[at]).length;
  }
  return { pixels, differ };
}

/** The real GPU, whose device is destroyed before run number `at` of its models and then can't be opened again. */
function lostAt(real: Gpu, at: number): Gpu {
  let runs = 0;
  return {
    adapters: () => real.adapters(),
    open: async (name) => {
      if (runs >= at) throw new DeviceError('device-lost', 'The graphics card gave no device.');
      const device = await real.open(name);
      return {
        ...{ facts: device.facts, isLost: () => device.isLost(), close: () => device.close() },
        openFrames: (model, program) => device.openFrames(model, program),
        openPictures: (program) => device.openPictures(program),
        read: (tensor) => device.read(tensor),
        selfTest: (name, size) => device.selfTest(name, size),
        timeFrame: (model, program) => device.timeFrame(model, program),
        ceilings: () => device.ceilings(),
        openModel: async (bytes) => {
          const model = await device.openModel(bytes);
          return {
            run: async (feeds, keep) => {
              if (++runs === at) await device.close();
              return model.run(feeds, keep);
            },
            time: (feeds) => model.time(feeds),
            release: (tensors) => model.release(tensors),
            close: () => model.close(),
          };
        },
      };
    },
  };
}

describe.skipIf(!found)('objects on a graphics card', () => {
  let model: SegmentModel;
  let wanted: Outlines;
  let host: CountingHost;
  /** On the card. */
  let graphs: SnakeGraphs;
  beforeAll(async () => {
    model = await findSegmentModel();
    host = new CountingHost((await NodeHost.load())!);
    setProcessGpu(async () => new LocalGpu(host));
    graphs = await SnakeGraphs.open(model, { adapter });
    const onProcessor = await SnakeGraphs.open(model, {});
    wanted = await outlinesOf(onProcessor, model);
    await onProcessor.close();
    expect(wanted.detections.length).toBeGreaterThan(0);
  });
  afterAll(async () => {
    await graphs.close();
    setProcessGpu(nodeGpu);
  });

  // Shaders of a hundred convolutions are compiled, by a program that stands for a card.
  it('have the outlines that the processor draws', { timeout: 400_000 }, async () => {
    const got = await outlinesOf(graphs, model);
    const moved = furthest(got.contours, wanted.contours);
    const { pixels, differ } = differing(got.detections, wanted.detections);
    console.info(`contours ${moved} px apart at most, ${differ} of ${pixels} pixels of mattes differ`);
    expect(moved).toBeLessThan(0.01);
    expect(differ / pixels).toBeLessThan(0.002);
  });

  const options = (notes: string[] = []): SegmenterOptions => ({
    ...{ classes: ['person'], minScore: MIN_SCORE, workingSize: WIDTH },
    note: (text) => void notes.push(text),
  });
  const onCard: BackendChoice = { name: 'webgpu', description: 'GPU', reason: 'It was asked for.', adapter };
  const onProcessor: BackendChoice = { name: 'cpu', description: 'CPU', reason: 'It was asked for.' };

  it('are sought in frames that cross to it as codes, and followed by what the network saw', async () => {
    const nothing = { ...options(), minScore: 1 };
    const segmenter = new Segmenter(graphs, model.manifest, nothing);
    const processor = await Segmenter.open(model, onProcessor, nothing);
    const frame = await coded();
    expect(await segmenter.segment(frame)).toEqual(await processor.segment(frame));
    expect(segmenter.seen).toEqual(processor.seen);
    await processor.close();
  });

  it('need no new memory there once their numbers have passed', { timeout: 400_000 }, async () => {
    const frame = await coded();
    const program = programFor(frame, fittingFor(WIDTH, HEIGHT, WIDTH, model.manifest.multiple));
    const places = (count: number): Float32Array =>
      Float32Array.from({ length: 2 * count }, (_, at) => (at * 7) % HEIGHT);
    const { diamondPoints, contourPoints } = graphs;
    const made: ReturnType<CountingHost['take']>[] = [];
    for (const [objects, points] of [
      [1, 100],
      [2, 700],
      [1, 900],
      [2, 50],
      [1, 1024],
      [2, 300],
    ] as const) {
      host.take();
      const image = (await graphs.takePicture(program, frame.codes))!;
      await graphs.detect(image);
      await graphs.release(image);
      const moved = await graphs.extremes(places(diamondPoints * objects), places(objects));
      expect(moved.length).toBe(2 * diamondPoints * objects);
      const contours = await graphs.contours(places(contourPoints * objects));
      expect(contours.length).toBe(2 * contourPoints * objects);
      await graphs.inside(places(points), new Float32Array(5 * points), new Float32Array(points));
      made.push(host.take());
    }
    expect(made.slice(4)).toEqual(made.slice(4).map(() => ({ buffers: [], pipelines: 0, modules: 0 })));
  });

  it(
    'of a picture in which the card was lost are found by the processor, all of them again',
    { timeout: 400_000 },
    async () => {
      // The detector ran, the graph for extreme points did not.
      const real = (await nodeGpu())!;
      setProcessGpu(async () => lostAt(real, 2));
      const notes: string[] = [];
      const segmenter = await Segmenter.open(model, onCard, options(notes));
      const processor = await Segmenter.open(model, onProcessor, options());
      const picture = await coded();
      const found = await processor.segment(picture);
      await processor.close();
      try {
        for (let frame = 0; frame < 2; frame++)
          expect(differing(await segmenter.segment(picture), found).differ).toBe(0);
        expect(notes).toEqual(['The graphics card gave no device. The processor went on.']);
      } finally {
        await segmenter.close();
      }
    },
  );
});
