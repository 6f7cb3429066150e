import { stat } from 'node:fs/promises';
import { UserError } from '../../../shared';
import { probe, readRgbFrames, type MediaTools } from '../../media';
import type { RgbImage } from '../read-image';
import { clipsIn, INDEX, type Blur, type TestClip } from './clip-index';
import { withMotionBlur, type BlurredFrame } from './motion-blur';
import type { Sequence, Step } from './sequence';
import { tripletsIn, TRIPLET_FILES } from './triplets';

/** What is made of a clip's frames: `sharp` is deblurring that has nothing to do. */
export type Task = 'interp' | 'deblur' | 'sharp';

/** A folder's sequences, and what they are, for people. */
export interface TestData {
  readonly material: string;
  readonly sequences: readonly Sequence[];
}

/** A clip that comes as it is, in a task's terms: every second frame taken away, or none. */
const AS_IT_IS: Readonly<Record<Task, Blur | null>> = {
  interp: { window: 1, step: 2 },
  deblur: null,
  sharp: { window: 1, step: 1 },
};

const STEP_OF: Readonly<Record<Task, (frame: BlurredFrame) => Step>> = {
  interp: ({ blurred, between }) => ({ input: blurred, truth: between }),
  deblur: ({ blurred, sharp }) => ({ input: blurred, truth: sharp }),
  sharp: ({ sharp }) => ({ input: sharp, truth: sharp }),
};

/**
 * The sequences of `directory` for `task`: triplets (interpolation only), clips to be blurred, or clips as they are.
 * @throws UserError no-such-file, no-media, unsupported-input
 */
export async function testData(tools: MediaTools, directory: string, task: Task): Promise<TestData> {
  const folder = await stat(directory).catch(() => null);
  if (!folder?.isDirectory())
    throw new UserError('no-such-file', `There is no folder ${directory}: name one with triplets or clips.`);
  const triplets = task === 'interp' ? await tripletsIn(directory) : [];
  if (triplets.length > 0) return { material: 'triplets', sequences: triplets };
  const clips = await clipsIn(directory);
  if (clips.length === 0)
    throw new UserError(
      'no-media',
      task === 'interp'
        ? `${directory} holds neither triplets (folders with ${TRIPLET_FILES.join(', ')}) nor clips: put some there.`
        : `${directory} holds no clips: put some there.`,
    );
  const blurry = clips.some(({ blur }) => blur !== null);
  return {
    material: blurry ? 'clips with motion blur' : 'clips',
    sequences: clips.map((clip) => {
      const blur = clip.blur ?? AS_IT_IS[task];
      if (blur === null)
        throw new UserError(
          'no-such-file',
          `${directory} has no ${INDEX} with the columns blur_window and blur_step, which say how to blur its clips: add it, or measure with --sharp.`,
        );
      return { name: clip.name, steps: (signal) => clipSteps(tools, clip, blur, task, signal) };
    }),
  };
}

async function* clipSteps(
  tools: MediaTools,
  clip: TestClip,
  blur: Blur,
  task: Task,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  const info = await probe(tools, clip.path, signal);
  const { width, height } = info.video;
  async function* frames(): AsyncGenerator<RgbImage> {
    for await (const data of readRgbFrames(tools, info, signal)) yield { width, height, data };
  }
  for await (const frame of withMotionBlur(frames(), blur)) yield STEP_OF[task](frame);
}
