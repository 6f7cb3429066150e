import type { Backend, SegmentRequest, StageChoice } from '../../../shared';
import { chooseBackend, findSegmentModel, type BackendChoice, type SegmentModel } from '../../runtime';
import { Follower, FOLLOWING, LOOKAHEAD } from './follow';
import type { InstanceSource } from './instance-source';
import type { Instance, Picture } from './instances';
import { Segmenter } from './segmenter';
import { workingSizeFor } from './working-size';

/** Objects that the network is less sure of are left out where nothing else is wished: one too many can be taken away, one that is missing can't be chosen. */
export const USUAL_MIN_SCORE = 0.3;

export type NetworkWish = Pick<SegmentRequest, 'classes' | 'minScore' | 'model' | 'quality'>;

/** Finds objects with a Deep Snake, frame by frame, and follows them. */
export class NetworkSource implements InstanceSource {
  readonly identity: string;
  readonly choice: StageChoice;
  readonly backend: string;
  readonly lookahead = LOOKAHEAD;
  readonly needsPictures = true;
  readonly #segmenter: Segmenter;
  readonly #follower: Follower;

  private constructor(
    segmenter: Segmenter,
    { manifest }: SegmentModel,
    backend: BackendChoice,
    { classes, minScore, model, quality }: NetworkWish,
  ) {
    this.#segmenter = segmenter;
    this.#follower = new Follower(minScore ?? USUAL_MIN_SCORE);
    this.backend = backend.description;
    const hashes = Object.values(manifest.graphs).map(({ sha256 }) => sha256);
    const wanted = classes === 'all' ? 'all' : classes.join();
    this.identity = [
      `${manifest.name}@${manifest.version} ${hashes.join(' ')}`,
      `${wanted} from ${minScore ?? USUAL_MIN_SCORE} at ${workingSizeFor(manifest, quality)}`,
      `edges guided, followed ${FOLLOWING}`,
    ].join(', ');
    this.choice = {
      stage: 'segment',
      model: manifest.name,
      title: manifest.title,
      reason: model === undefined ? 'It is the best one for finding objects.' : 'It was asked for by name.',
    };
  }

  /** @throws UserError model-missing, model-damaged, backend-unavailable, bad-usage (the model doesn't know a class) */
  static async open(
    wish: NetworkWish,
    { backend: wanted, note }: { readonly backend: Backend; readonly note: (text: string) => void },
  ): Promise<NetworkSource> {
    const { classes, minScore = USUAL_MIN_SCORE, model: name, quality } = wish;
    const model = await findSegmentModel(name === undefined ? {} : { name });
    const backend = await chooseBackend(wanted, 'all-layers');
    const workingSize = workingSizeFor(model.manifest, quality);
    const options = { classes, minScore, workingSize, exclusive: true, note };
    return new NetworkSource(await Segmenter.open(model, backend, options), model, backend, wish);
  }

  async push(picture: Picture, seconds: number): Promise<readonly (readonly Instance[])[]> {
    const { width, height } = picture;
    const detections = await this.#segmenter.segment(picture, this.#follower.expected(seconds));
    const { seen } = this.#segmenter;
    if (!seen) throw new Error('Expected a picture that was looked at.');
    return this.#follower.push({ width, height, seconds, detections, seen });
  }

  async flush(): Promise<readonly (readonly Instance[])[]> {
    return this.#follower.flush();
  }

  save(): unknown {
    return this.#follower.save();
  }

  restore(saved: unknown): void {
    this.#follower.restore(saved);
  }

  async close(): Promise<void> {
    await this.#segmenter.close();
  }
}
