import { join } from 'node:path';
import {
  COCO_CLASSES,
  throwIfCancelled,
  UserError,
  type EvalSegmentRequest,
  type EvalSegmentResult,
  type Speed,
} from '../../../shared';
import { readRgb } from '../read-image';
import {
  readAnnotations,
  readResults,
  type Annotations,
  type FoundObject,
  type Picture,
} from './annotations';
import { ClassScores, meanScore } from './class-scores';
import type { EvalContext, Finder, FinderTime, OpenFinder } from './finder';
import { openNetwork } from './network';

/**
 * Instances against COCO annotations: average precision by masks and by boundaries, class by class.
 * @throws UserError no-such-file, no-media, unsupported-input, damaged-input, model-missing; CancelledError
 */
export async function evalSegment(
  request: EvalSegmentRequest,
  context: EvalContext,
  openFinder: OpenFinder = openNetwork,
): Promise<EvalSegmentResult> {
  const annotations = await readAnnotations(request.annotations);
  if (request.detections !== undefined) {
    const results = await readResults(request.detections, annotations);
    return measure(request, annotations, context, {
      description: `detections of ${request.detections}`,
      foundIn: (picture) => results.foundIn(picture),
      speed: () => null,
    });
  }
  // Every object counts, however unsure; how long it takes is measured as the product would look.
  const finder = await openFinder({ ...request, minScore: LEAST_SCORE });
  const usual = await openFinder(request).catch(async (error: unknown) => {
    await finder.close();
    throw error;
  });
  try {
    const method = byNetwork({ finder, usual }, request.images, annotations);
    return await measure(request, annotations, context, method);
  } finally {
    await finder.close();
    await usual.close();
  }
}

/** Less sure ones change average precision in its third digit. */
const LEAST_SCORE = 0.01;
/** Parts of a finder's time that are not the network's and the snake's. */
const MATTES = 'mattes';

/** A way to objects. */
interface SegmentMethod {
  readonly description: string;
  foundIn(picture: Picture): Promise<FoundObject[]> | FoundObject[];
  speed(): Speed | null;
}

async function measure(
  request: EvalSegmentRequest,
  annotations: Annotations,
  { signal, onProgress }: EvalContext,
  method: SegmentMethod,
): Promise<EvalSegmentResult> {
  const scores = new ClassScores(annotations.categories);
  for (const picture of annotations.pictures) {
    throwIfCancelled(signal);
    const found = await method.foundIn(picture);
    scores.add(picture, annotations.objectsOf(picture), found);
    onProgress(`${picture.file}: ${found.length} objects`);
  }
  const classes = scores.classes();
  if (classes.length === 0)
    throw new UserError('no-media', `${request.annotations} has no object to find: add annotations.`);
  return {
    annotations: request.annotations,
    images: annotations.pictures.length,
    method: method.description,
    classes,
    mean: meanScore(classes),
    speed: method.speed(),
  };
}

/** The network's classes are COCO's; the annotations tell them by name. */
function byNetwork(
  { finder, usual }: { readonly finder: Finder; readonly usual: Finder },
  folder: string,
  { categories }: Annotations,
): SegmentMethod {
  const idOf = new Map(categories.map(({ id, name }) => [name, id]));
  const times: FinderTime[] = [];
  return {
    description: finder.description,
    async foundIn({ file, width, height }) {
      const picture = await readRgb(join(folder, file));
      if (picture.width !== width || picture.height !== height)
        throw new UserError(
          'unsupported-input',
          `${join(folder, file)} is ${picture.width}×${picture.height}, not ${width}×${height} as the annotations say: take the pictures that they were made for.`,
        );
      const { found } = await finder.find(picture);
      // The first run of a size makes buffers, which a video does once.
      await usual.find(picture);
      times.push((await usual.find(picture)).time);
      return found.flatMap(({ classIndex, score, region }) => {
        const category = idOf.get(COCO_CLASSES[classIndex]?.name ?? '');
        return category === undefined ? [] : [{ category, score, region }];
      });
    },
    speed: () => speedOf(times),
  };
}

function speedOf(times: readonly FinderTime[]): Speed | null {
  const [first] = times;
  if (!first) return null;
  const mean = (of: (time: FinderTime) => number): number =>
    times.reduce((sum, time) => sum + of(time), 0) / times.length;
  const seconds = Object.fromEntries(
    Object.keys(first.parts).map((part) => [part, mean(({ parts }) => parts[part] ?? 0)]),
  );
  const counted = Object.entries(seconds).reduce(
    (sum, [part, value]) => sum + (part === MATTES ? 0 : value),
    0,
  );
  return { framesPerSecond: 1 / counted, seconds };
}
