import type { BenchRow } from '../../shared';
import { chooseBackend, findSegmentModel, modelsOf } from '../runtime';
import { Follower, BoxOutlines, findBoxes, NetworkPicture, SnakeGraphs, type Detection } from '../stages';
import type { BenchContext } from './bench-section';
import { median } from './median';

const RUNS = 15;
const WIDTH = 1280;
const HEIGHT = 720;
const WORKING_SIZE = 512;
/** Five people beside each other, in pixels of the network's input. */
const PEOPLE = Array.from({ length: 5 }, (_, index) => ({
  classIndex: 0,
  score: 0.9,
  box: { x0: 16 + 98 * index, y0: 40 + 8 * index, x1: 96 + 98 * index, y1: 250 },
}));

/** Milliseconds of every part of finding and following five people in a picture of 1280×720, each the median of some runs. */
export async function benchSegment({ asked }: BenchContext): Promise<readonly BenchRow[]> {
  if (!asked && (await modelsOf('segment')).length === 0) return [];
  const model = await findSegmentModel();
  const backend = await chooseBackend('cpu');
  const graphs = await SnakeGraphs.open(model, backend);
  try {
    const outlines = new BoxOutlines(graphs);
    const follower = new Follower(0.3);
    const small = new NetworkPicture();
    const picture = { width: WIDTH, height: HEIGHT, data: standIn() };
    const times = new Map<string, number[]>();
    const measure = async <T>(part: string, work: () => Promise<T> | T): Promise<T> => {
      const start = performance.now();
      const result = await work();
      times.set(part, [...(times.get(part) ?? []), performance.now() - start]);
      return result;
    };
    const classes = model.manifest.classes.map(({ index }) => index);
    // The first run makes the buffers.
    for (let run = 0; run <= RUNS; run++) {
      if (run === 1) times.clear();
      const whole = performance.now();
      const fitting = await measure('picture made small', () =>
        small.take(picture, WORKING_SIZE, model.manifest.multiple),
      );
      const maps = await measure('detector', () => graphs.detect(small.data, fitting.width, fitting.height));
      await measure('boxes', () => findBoxes(maps, { classes, minScore: 0.3, most: 100 }));
      const contours = await measure('contours', () => outlines.contours(PEOPLE));
      const scale = {
        width: WIDTH,
        height: HEIGHT,
        across: WIDTH / fitting.pictureWidth,
        down: HEIGHT / fitting.pictureHeight,
      };
      const detections: readonly Detection[] = await measure('mattes', () =>
        outlines.detections(PEOPLE, contours, fitting, scale),
      );
      await measure('following', () =>
        follower.push({
          width: WIDTH,
          height: HEIGHT,
          seconds: run / 25,
          detections,
          seen: { data: small.data, fitting },
        }),
      );
      times.set('whole', [...(times.get('whole') ?? []), performance.now() - whole]);
      await measure('outlines traced', () => detections.map(({ contours: traced }) => traced.length));
    }
    const group = `${model.manifest.name}, five people, ${WIDTH}×${HEIGHT} seen as ${WORKING_SIZE}×288, ${backend.description}`;
    return [...times].map(([name, values]) => ({ group, name, value: median(values), unit: 'ms' }));
  } finally {
    await graphs.close();
  }
}

/** A picture of nothing in particular. */
function standIn(): Float32Array {
  return Float32Array.from(
    { length: 3 * WIDTH * HEIGHT },
    (_, index) => 0.5 + 0.3 * Math.sin((index % WIDTH) / 40) * Math.sin(Math.floor(index / WIDTH) / 60),
  );
}
