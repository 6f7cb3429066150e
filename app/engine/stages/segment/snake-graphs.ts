import type { SegmentGraph } from '../../../shared';
import {
  openGraph,
  type BackendChoice,
  type HostTensor,
  type ModelSession,
  type SegmentModel,
} from '../../runtime';
import type { DetectorMaps } from './peaks';
import { SHAPE_VALUES } from './point-shape';

/** Names of what passes from the detector to the other graphs, as it is. */
const MAPS = ['features', 'fine', 'semantic'] as const;
/** Points that the head takes at once: what it computes in between stays in the caches. */
const POINTS_AT_ONCE = 4096;

/** The four graphs of a Deep Snake, opened; all of them work on the picture that was last looked at. */
export class SnakeGraphs {
  readonly #sessions: Readonly<Record<SegmentGraph, ModelSession>>;
  /** Of the network: points of a diamond and of a contour. */
  readonly #points: { readonly diamond: number; readonly contour: number };
  #maps: Readonly<Record<string, HostTensor>> = {};

  private constructor(
    sessions: Readonly<Record<SegmentGraph, ModelSession>>,
    points: { readonly diamond: number; readonly contour: number },
  ) {
    this.#sessions = sessions;
    this.#points = points;
  }

  /** @throws UserError model-missing, model-damaged */
  static async open({ manifest, folder }: SegmentModel, backend: BackendChoice): Promise<SnakeGraphs> {
    const { graphs, points } = manifest;
    const opened: ModelSession[] = [];
    try {
      const open = async (graph: SegmentGraph): Promise<ModelSession> => {
        const session = await openGraph(folder, graphs[graph], backend);
        opened.push(session);
        return session;
      };
      const sessions = {
        detector: await open('detector'),
        extreme: await open('extreme'),
        contour: await open('contour'),
        points: await open('points'),
      };
      return new SnakeGraphs(sessions, points);
    } catch (error) {
      for (const session of opened) await session.close();
      throw error;
    }
  }

  get diamondPoints(): number {
    return this.#points.diamond;
  }

  get contourPoints(): number {
    return this.#points.contour;
  }

  /**
   * Looks at a picture, [3, height, width] of 0 … 1, whose sides are multiples of the model's. What comes back stays valid
   * until the next picture.
   */
  async detect(picture: Float32Array, width: number, height: number): Promise<DetectorMaps> {
    const image = float32([1, 3, height, width], picture);
    const results = await this.#sessions.detector.run({ image });
    this.#maps = Object.fromEntries(MAPS.map((name) => [name, present(results, name)]));
    const heatmap = present(results, 'heatmap');
    const [, , rows = 0, columns = 0] = heatmap.dims;
    return {
      heatmap: floats(heatmap),
      box: floats(present(results, 'box')),
      width: columns,
      height: rows,
    };
  }

  /** Diamonds [count, diamondPoints, 2] and their middles [count, 2] to points in their place: every tenth is an extreme point. */
  async extremes(diamonds: Float32Array, centres: Float32Array): Promise<Float32Array> {
    const count = centres.length / 2;
    const results = await this.#sessions.extreme.run({
      ...this.#some('features'),
      points: float32([count, this.diamondPoints, 2], diamonds),
      centres: float32([count, 2], centres),
    });
    return floats(present(results, 'points_out'));
  }

  /** First contours [count, contourPoints, 2] to those that fit. */
  async contours(first: Float32Array): Promise<Float32Array> {
    const count = first.length / (2 * this.contourPoints);
    const points = float32([count, this.contourPoints, 2], first);
    const results = await this.#sessions.contour.run({ ...this.#some('features'), points });
    return floats(present(results, 'contours'));
  }

  /** Places [count, 2] and what is known of them in their contours, [count, 5], to logits of being inside. */
  async inside(points: Float32Array, shape: Float32Array, logits: Float32Array): Promise<void> {
    for (let from = 0; from < logits.length; from += POINTS_AT_ONCE) {
      const to = Math.min(from + POINTS_AT_ONCE, logits.length);
      const results = await this.#sessions.points.run({
        ...this.#some(...MAPS),
        points: float32([to - from, 2], points.subarray(2 * from, 2 * to)),
        shape: float32([to - from, SHAPE_VALUES], shape.subarray(SHAPE_VALUES * from, SHAPE_VALUES * to)),
      });
      logits.set(floats(present(results, 'logits')), from);
    }
  }

  async close(): Promise<void> {
    for (const session of Object.values(this.#sessions)) await session.close();
  }

  #some(...names: readonly string[]): Record<string, HostTensor> {
    return Object.fromEntries(names.map((name) => [name, present(this.#maps, name)]));
  }
}

function float32(dims: readonly number[], data: Float32Array): HostTensor {
  return { type: 'float32', dims, data };
}

function present(tensors: Readonly<Record<string, HostTensor>>, name: string): HostTensor {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`The network that finds objects gives no ${name}.`);
  return tensor;
}

function floats({ data }: HostTensor): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error('Expected floats of the network that finds objects.');
  return data;
}
