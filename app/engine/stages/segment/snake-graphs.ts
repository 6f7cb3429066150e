import type { SegmentGraph } from '../../../shared';
import {
  onHost,
  openGraphs,
  type BackendChoice,
  type HostTensor,
  type KeptTensor,
  type ModelSet,
  type ModelTensor,
  type PictureProgram,
  type PlaneCodes,
  type SegmentModel,
  type SessionOptions,
} from '../../runtime';
import type { DetectorMaps } from './peaks';
import { SHAPE_VALUES } from './point-shape';

/** Names of what passes from the detector to the other graphs, as it is. */
const MAPS = ['features', 'fine', 'semantic'] as const;
/** Points that the head takes at once: what the processor computes in between stays in its caches. */
const POINTS_AT_ONCE = 4096;
/** On a graphics card each call is a way there and back. */
const POINTS_AT_ONCE_ON_DEVICE = 65_536;
const LEAST_POINTS_ON_DEVICE = 1024;

/** The four graphs of a Deep Snake, opened; all of them work on the picture that was last looked at. */
export class SnakeGraphs {
  readonly #models: ModelSet<SegmentGraph>;
  /** Of the network: points of a diamond and of a contour. */
  readonly #points: { readonly diamond: number; readonly contour: number };
  #maps: Readonly<Record<string, ModelTensor>> = {};

  private constructor(
    models: ModelSet<SegmentGraph>,
    points: { readonly diamond: number; readonly contour: number },
  ) {
    this.#models = models;
    this.#points = points;
  }

  /** @throws UserError model-missing, model-damaged */
  static async open(
    { manifest, folder }: SegmentModel,
    backend: Pick<BackendChoice, 'adapter'>,
    options: SessionOptions = {},
  ): Promise<SnakeGraphs> {
    const { graphs, points } = manifest;
    return new SnakeGraphs(await openGraphs(folder, graphs, backend, options), points);
  }

  get diamondPoints(): number {
    return this.#points.diamond;
  }

  get contourPoints(): number {
    return this.#points.contour;
  }

  /** Does `work` on a picture, from `detect` on; again where a graphics card failed in it, whose maps are gone then. */
  attempt<T>(work: () => Promise<T>): Promise<T> {
    return this.#models.attempt(work);
  }

  /** A picture for `detect` that crosses to a graphics card as codes; null where there is none, or no room for it. */
  takePicture(program: PictureProgram, codes: readonly PlaneCodes[]): Promise<KeptTensor | null> {
    return this.#models.takePicture(program, codes);
  }

  /** The samples of what `takePicture` gave. */
  async read(picture: KeptTensor): Promise<Float32Array> {
    return floats(await this.#models.read(picture));
  }

  release(picture: KeptTensor): Promise<void> {
    return this.#models.release([picture]);
  }

  /**
   * Looks at a picture, [1, 3, height, width] of 0 … 1, whose sides are multiples of the model's. What comes back stays valid
   * until the next picture; what the other graphs read stays where it was made.
   */
  async detect(image: ModelTensor): Promise<DetectorMaps> {
    await this.#models.release(Object.values(this.#maps).filter(isKept));
    this.#maps = {};
    const results = await this.#models.run('detector', { image }, MAPS);
    this.#maps = Object.fromEntries(MAPS.map((name) => [name, present(results, name)]));
    const heatmap = onHost(present(results, 'heatmap'));
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
    const count = this.#rounded(centres.length / 2);
    const results = await this.#models.run('extreme', {
      ...this.#some('features'),
      points: float32([count, this.diamondPoints, 2], diamonds),
      centres: float32([count, 2], centres),
    });
    return floats(present(results, 'points_out')).subarray(0, diamonds.length);
  }

  /** First contours [count, contourPoints, 2] to those that fit. */
  async contours(first: Float32Array): Promise<Float32Array> {
    const count = this.#rounded(first.length / (2 * this.contourPoints));
    const points = float32([count, this.contourPoints, 2], first);
    const results = await this.#models.run('contour', { ...this.#some('features'), points });
    return floats(present(results, 'contours')).subarray(0, first.length);
  }

  /** Places [count, 2] and what is known of them in their contours, [count, 5], to logits of being inside. */
  async inside(points: Float32Array, shape: Float32Array, logits: Float32Array): Promise<void> {
    const atOnce = this.#models.onDevice ? POINTS_AT_ONCE_ON_DEVICE : POINTS_AT_ONCE;
    for (let from = 0; from < logits.length; from += atOnce) {
      const to = Math.min(from + atOnce, logits.length);
      const count = this.#rounded(to - from, LEAST_POINTS_ON_DEVICE);
      const results = await this.#models.run('points', {
        ...this.#some(...MAPS),
        points: float32([count, 2], points.subarray(2 * from, 2 * to)),
        shape: float32([count, SHAPE_VALUES], shape.subarray(SHAPE_VALUES * from, SHAPE_VALUES * to)),
      });
      logits.set(floats(present(results, 'logits')).subarray(0, to - from), from);
    }
  }

  async close(): Promise<void> {
    await this.#models.close();
  }

  /** How many a graph takes for `count`: on a graphics card one of a few numbers, for each of which all lies ready there. */
  #rounded(count: number, least = 1): number {
    return this.#models.onDevice ? Math.max(least, roundedUp(count)) : count;
  }

  #some(...names: readonly string[]): Record<string, ModelTensor> {
    return Object.fromEntries(names.map((name) => [name, present(this.#maps, name)]));
  }
}

/** `data`, with zeros behind it where there is less than `dims` say. */
function float32(dims: readonly number[], data: Float32Array): HostTensor {
  const count = dims.reduce((product, size) => product * size, 1);
  if (count === data.length) return { type: 'float32', dims, data };
  const filled = new Float32Array(count);
  filled.set(data);
  return { type: 'float32', dims, data: filled };
}

/** The least of 1, 2, 3, 4, 6, 8, 12, 16 … that is not below `count`. */
export function roundedUp(count: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
  return power > 2 && count <= 0.75 * power ? 0.75 * power : power;
}

function isKept(tensor: ModelTensor): tensor is KeptTensor {
  return 'kept' in tensor;
}

function present(tensors: Readonly<Record<string, ModelTensor>>, name: string): ModelTensor {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`The network that finds objects gives no ${name}.`);
  return tensor;
}

function floats(tensor: ModelTensor): Float32Array {
  const { data } = onHost(tensor);
  if (!(data instanceof Float32Array)) throw new Error('Expected floats of the network that finds objects.');
  return data;
}
