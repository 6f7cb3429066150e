import { MODEL_SIZES, type BenchRow } from '../../shared';
import { chooseBackend, findSegmentModel, modelsOf, type SegmentModel } from '../runtime';
import {
  BoxOutlines,
  findBoxes,
  Follower,
  fittingFor,
  NetworkPicture,
  SnakeGraphs,
  workingSizeFor,
  type Detection,
  type FoundBox,
  type RgbPicture,
} from '../stages';
import type { BenchContext } from './bench-section';
import { median } from './median';

const RUNS = 15;
const WIDTH = 1280;
const HEIGHT = 720;
const WHOLE = 'whole';
/** Five people beside each other, in pixels of the network's input of 512 pixels, `scale` of that. */
function people(scale: number): FoundBox[] {
  return Array.from({ length: 5 }, (_, index) => {
    const [x0, y0, x1, y1] = [16 + 98 * index, 40 + 8 * index, 96 + 98 * index, 250];
    return {
      classIndex: 0,
      score: 0.9,
      box: { x0: scale * x0, y0: scale * y0, x1: scale * x1, y1: scale * y1 },
    };
  });
}

/** What finds and follows objects at one working size, and what its parts took. */
interface Lane {
  readonly workingSize: number;
  readonly follower: Follower;
  readonly small: NetworkPicture;
  readonly times: Map<string, number[]>;
}

/**
 * Milliseconds of every part of finding and following five people in a picture of 1280×720 at each working size, in turn, each
 * the median of some runs.
 */
export async function benchSegment({ asked }: BenchContext): Promise<readonly BenchRow[]> {
  if (!asked && (await modelsOf('segment')).length === 0) return [];
  const model = await findSegmentModel();
  const backend = await chooseBackend('cpu');
  const lanes = MODEL_SIZES.map((quality) => ({
    ...{ quality, workingSize: workingSizeFor(model.manifest, quality) },
    ...{ follower: new Follower(0.3), small: new NetworkPicture(), times: new Map<string, number[]>() },
  }));
  const graphs = await SnakeGraphs.open(model, backend);
  try {
    const outlines = new BoxOutlines(graphs);
    const picture = { width: WIDTH, height: HEIGHT, data: standIn() };
    const boxes = new Map(lanes.map(({ workingSize }) => [workingSize, people(workingSize / 512)]));
    // The first run of a size makes the buffers: another size's are gone by then.
    for (let run = 0; run < RUNS; run++)
      for (const lane of lanes)
        for (const counts of [false, true])
          await frame(
            { model, graphs, outlines, picture, people: boxes.get(lane.workingSize) ?? [] },
            lane,
            counts,
          );
    const light = wholeOf(lanes.find(({ quality }) => quality === 'light'));
    return lanes.flatMap(({ quality, workingSize, times }) => {
      const group = `${model.manifest.name}, five people, ${WIDTH}×${HEIGHT} seen at ${workingSize} (${quality}), ${backend.description}`;
      return [...times].map(([name, values]): BenchRow => {
        const row = { group, name, value: median(values), unit: 'ms' };
        if (name !== WHOLE || quality === 'light') return row;
        return { ...row, ratio: row.value / light, baseline: { name: 'light', value: light } };
      });
    });
  } finally {
    await graphs.close();
  }
}

function wholeOf(lane: Lane | undefined): number {
  return median(lane?.times.get(WHOLE) ?? []);
}

interface Bench {
  readonly model: SegmentModel;
  readonly graphs: SnakeGraphs;
  readonly outlines: BoxOutlines;
  readonly picture: RgbPicture;
  readonly people: readonly FoundBox[];
}

/** One frame, whose times are kept where it `counts`. */
async function frame(bench: Bench, lane: Lane, counts: boolean): Promise<void> {
  const { model, graphs, outlines, picture, people: found } = bench;
  const { workingSize, follower, small, times } = lane;
  const keep = (part: string, since: number): void => {
    if (counts) times.set(part, [...(times.get(part) ?? []), performance.now() - since]);
  };
  const measure = async <T>(part: string, work: () => Promise<T> | T): Promise<T> => {
    const start = performance.now();
    const result = await work();
    keep(part, start);
    return result;
  };
  const classes = model.manifest.classes.map(({ index }) => index);
  const whole = performance.now();
  const fitting = fittingFor(WIDTH, HEIGHT, workingSize, model.manifest.multiple);
  const data = await measure('picture made small', () => small.take(picture, fitting));
  const dims = [1, 3, fitting.height, fitting.width];
  const maps = await measure('detector', () => graphs.detect({ type: 'float32', dims, data }));
  await measure('boxes', () => findBoxes(maps, { classes, minScore: 0.3, most: 100 }));
  const contours = await measure('contours', () => outlines.contours(found));
  const scale = {
    width: WIDTH,
    height: HEIGHT,
    across: WIDTH / fitting.pictureWidth,
    down: HEIGHT / fitting.pictureHeight,
  };
  const detections: readonly Detection[] = await measure('mattes', () =>
    outlines.detections(found, contours, { picture, data, fitting }, scale),
  );
  const seconds = (times.get(WHOLE)?.length ?? 0) / 25;
  await measure('following', () =>
    follower.push({ width: WIDTH, height: HEIGHT, seconds, detections, seen: { data, fitting } }),
  );
  keep(WHOLE, whole);
  await measure('outlines traced', () => detections.map(({ contours: traced }) => traced.length));
}

/** A picture of nothing in particular. */
function standIn(): Float32Array {
  return Float32Array.from(
    { length: 3 * WIDTH * HEIGHT },
    (_, index) => 0.5 + 0.3 * Math.sin((index % WIDTH) / 40) * Math.sin(Math.floor(index / WIDTH) / 60),
  );
}
