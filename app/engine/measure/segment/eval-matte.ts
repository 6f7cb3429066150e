import {
  CLASS_NAMES,
  MainObjects,
  throwIfCancelled,
  UserError,
  type EvalMatteRequest,
  type EvalMatteResult,
  type MaskScore,
  type MattePictureScore,
  type Steadiness,
} from '../../../shared';
import type { RgbImage } from '../read-image';
import type { EvalContext, Finder, FoundRegion, OpenFinder } from './finder';
import { foreignMasks } from './foreign-masks';
import { readMask, type MaskFile } from './mask-file';
import { readPicture, type MaskedPicture } from './masked-picture';
import { maskedPictures } from './matte-data';
import { openNetwork } from './network';
import { bestMatching, maskScore } from './matte-score';
import { unionOf, type Region } from './region';
import { withSensorNoise } from './sensor-noise';
import { mean, neighbourIous } from './through-time';

/** Times that a picture is taken again with fresh noise. */
const NOISY_FRAMES = 6;
const PERSON = CLASS_NAMES.indexOf('person');

/**
 * Masks of people against true ones: the union of all that were found, of the main ones, and of those that fit best.
 * @throws UserError no-such-file, no-media, unsupported-input, damaged-input, bad-usage, model-missing; CancelledError
 */
export async function evalMatte(
  request: EvalMatteRequest,
  context: EvalContext,
  openFinder: OpenFinder = openNetwork,
): Promise<EvalMatteResult> {
  const { directory, split, masks, flicker = false } = request;
  const items = await maskedPictures(directory, split ?? null);
  if (masks !== undefined) {
    if (flicker)
      throw new UserError(
        'bad-usage',
        '--flicker takes pictures anew, for which --masks has none: leave one out.',
      );
    return measure(request, items, context, await foreignMatter(masks));
  }
  const finder = await openFinder({ ...request, classes: [CLASS_NAMES[PERSON] ?? 'person'] });
  try {
    return await measure(request, items, context, networkMatter(finder, flicker));
  } finally {
    await finder.close();
  }
}

/** What is known of one picture. */
interface Matter {
  readonly union: Region;
  /** Null where only the union is known. */
  readonly people: readonly Region[] | null;
  readonly steadiness: Steadiness | null;
  readonly seconds: number | null;
}

/** A way to masks. */
interface MatteMethod {
  readonly description: string;
  of(item: MaskedPicture, truth: MaskFile): Promise<Matter>;
}

async function measure(
  { directory, split }: EvalMatteRequest,
  items: readonly MaskedPicture[],
  { signal, onProgress }: EvalContext,
  method: MatteMethod,
): Promise<EvalMatteResult> {
  const pictures: MattePictureScore[] = [];
  const seconds: number[] = [];
  for (const item of items) {
    throwIfCancelled(signal);
    const truth = await readMask(item.mask);
    const matter = await method.of(item, truth);
    const union = maskScore(matter.union, truth);
    pictures.push({
      name: item.name,
      union,
      main: matter.people && maskScore(unionOf(mainOf(matter.people)), truth),
      best: matter.people && maskScore(bestMatching(matter.people, truth), truth),
      people: matter.people?.length ?? 0,
      steadiness: matter.steadiness,
    });
    if (matter.seconds !== null) seconds.push(matter.seconds);
    onProgress(`${item.name}: IoU ${union.iou.toFixed(3)}`);
  }
  const main = pictures.flatMap((picture) => picture.main ?? []);
  const best = pictures.flatMap((picture) => picture.best ?? []);
  const steadiness = pictures.flatMap((picture) => picture.steadiness ?? []);
  return {
    ...{ directory, split: split ?? null, method: method.description, pictures },
    mean: {
      union: meanOf(pictures.map(({ union }) => union)),
      main: main.length === 0 ? null : meanOf(main),
      best: best.length === 0 ? null : meanOf(best),
      steadiness:
        steadiness.length === 0
          ? null
          : {
              alone: mean(steadiness.map(({ alone }) => alone)),
              followed: mean(steadiness.map(({ followed }) => followed)),
            },
    },
    secondsPerFrame: seconds.length === 0 ? null : mean(seconds),
  };
}

async function foreignMatter(masks: string): Promise<MatteMethod> {
  const foreign = await foreignMasks(masks);
  return {
    description: `masks of ${masks}`,
    async of({ name }, truth) {
      return { union: await foreign.of(name, truth), people: null, steadiness: null, seconds: null };
    },
  };
}

function networkMatter(finder: Finder, flicker: boolean): MatteMethod {
  const peopleIn = async (picture: RgbImage): Promise<{ people: Region[]; seconds: number }> => {
    const { found, time } = await finder.find(picture);
    return { people: regionsOfPeople(found), seconds: time.whole };
  };
  return {
    description: finder.description,
    async of(item, truth) {
      const picture = await readPicture(item, truth);
      // The first run of a size makes buffers, which a video does once.
      await peopleIn(picture);
      const { people, seconds } = await peopleIn(picture);
      return {
        union: unionOf(people),
        people,
        seconds,
        steadiness: flicker ? await steadiness(picture) : null,
      };
    },
  };

  async function steadiness(picture: RgbImage): Promise<Steadiness> {
    const noisy = Array.from({ length: NOISY_FRAMES }, (_, seed) => withSensorNoise(picture, seed + 1));
    const alone: Region[] = [];
    for (const frame of noisy) alone.push(unionOf((await peopleIn(frame)).people));
    async function* shot(): AsyncGenerator<RgbImage> {
      yield* noisy;
    }
    const followed: Region[] = [];
    for await (const frame of finder.follow(shot())) followed.push(unionOf(regionsOfPeople(frame)));
    return { alone: mean(neighbourIous(alone)), followed: mean(neighbourIous(followed)) };
  }
}

function regionsOfPeople(found: readonly FoundRegion[]): Region[] {
  return found.filter(({ classIndex }) => classIndex === PERSON).map(({ region }) => region);
}

function mainOf(people: readonly Region[]): Region[] {
  const numbers = new MainObjects().next(
    people.map(({ width, height }, track) => ({ track, width, height })),
  );
  return people.filter((_, track) => numbers.has(track));
}

function meanOf(scores: readonly MaskScore[]): MaskScore {
  return {
    iou: mean(scores.map(({ iou }) => iou)),
    boundaryIou: mean(scores.map(({ boundaryIou }) => boundaryIou)),
  };
}
