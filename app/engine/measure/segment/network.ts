import type { SegmentRequest } from '../../../shared';
import { chooseBackend, findSegmentModel, type SegmentModel } from '../../runtime';
import { openSource, Segmenter, USUAL_MIN_SCORE, workingSizeFor } from '../../stages';
import { toPlanar, type RgbImage } from '../read-image';
import type { Finder, FinderWish, FollowedRegion, FoundRegion } from './finder';
import { regionOf } from './region';

/** Frames a second of what is followed: those of the sequences that it is measured on. */
const FRAME_RATE = 24;

/**
 * The product's own network and tracker.
 * @throws UserError model-missing, model-damaged, backend-unavailable
 */
export async function openNetwork({
  model: name,
  minScore,
  quality,
  classes = null,
}: FinderWish): Promise<Finder> {
  const model = await findSegmentModel(name === undefined ? {} : { name });
  const backend = await chooseBackend('auto');
  const note = (): void => undefined;
  const workingSize = workingSizeFor(model.manifest, quality);
  const options = {
    ...{ classes: classes ?? ('all' as const), minScore: minScore ?? USUAL_MIN_SCORE },
    ...{ workingSize, note },
  };
  const segmenter = await Segmenter.open(withAllClasses(model), backend, options);
  const request: SegmentRequest = {
    ...{ kind: 'segment', classes: options.classes, model: model.manifest.name },
    ...(minScore === undefined ? {} : { minScore }),
    ...(quality === undefined ? {} : { quality }),
  };
  return {
    description: `${model.manifest.name} at ${workingSize} (${backend.description})`,
    async find(image) {
      const picture = planarOf(image);
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
    async *follow(shot) {
      const source = await openSource(request, { backend: 'auto', note });
      const told = (instances: Awaited<ReturnType<typeof source.push>>): FollowedRegion[][] =>
        instances.map((frame) =>
          frame.map(({ classIndex, score, matte, track, outlier }) => ({
            ...{ classIndex, score, track, outlier },
            region: regionOf(matte),
          })),
        );
      try {
        let frame = 0;
        for await (const image of shot) yield* told(await source.push(planarOf(image), frame++ / FRAME_RATE));
        yield* told(await source.flush());
      } finally {
        await source.close();
      }
    },
    close: () => segmenter.close(),
  };
}

function planarOf(image: RgbImage): { width: number; height: number; data: Float32Array } {
  return { width: image.width, height: image.height, data: toPlanar(image) };
}

/** Measured is what the network knows, not what is good enough to be offered. */
function withAllClasses({ manifest, ...rest }: SegmentModel): SegmentModel {
  const classes = manifest.classes.map((one) => ({ ...one, shown: true }));
  return { ...rest, manifest: { ...manifest, classes } };
}
