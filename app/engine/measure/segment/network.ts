import { chooseBackend, findSegmentModel, type SegmentModel } from '../../runtime';
import { Segmenter } from '../../stages';
import { toPlanar } from '../read-image';
import type { Finder, FinderWish, FoundRegion } from './finder';
import { regionOf } from './region';

/** Least score of an object where nothing else is wished. */
const USUAL_SCORE = 0.3;

/**
 * The product's own network and tracker.
 * @throws UserError model-missing, model-damaged, backend-unavailable
 */
export async function openNetwork({
  model: name,
  minScore = USUAL_SCORE,
  classes,
}: FinderWish): Promise<Finder> {
  const model = withAllClasses(await findSegmentModel(name === undefined ? {} : { name }));
  const backend = await chooseBackend('auto');
  const segmenter = await Segmenter.open(model, backend, {
    classes: classes ?? 'all',
    minScore,
    note: () => undefined,
  });
  return {
    description: `${model.manifest.name} (${backend.description})`,
    async find(image) {
      const picture = { width: image.width, height: image.height, data: toPlanar(image) };
      const from = performance.now();
      const detections = await segmenter.segment(picture);
      const whole = (performance.now() - from) / 1000;
      const found = detections.map(({ classIndex, score, matte }): FoundRegion => ({
        classIndex,
        score,
        region: regionOf(matte),
      }));
      return { found, time: { whole, parts: { ...segmenter.seconds } } };
    },
    follow: () => {
      throw new Error('Nothing follows objects yet.');
    },
    close: () => segmenter.close(),
  };
}

/** Measured is what the network knows, not what is good enough to be offered. */
function withAllClasses({ manifest, ...rest }: SegmentModel): SegmentModel {
  return {
    ...rest,
    manifest: { ...manifest, classes: manifest.classes.map((one) => ({ ...one, shown: true })) },
  };
}
