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

/** A clip that comes as it is, in a task's terms: every `factor`-th frame left, or all. */
const AS_IT_IS: Readonly<Record<Task, (factor: number) => Blur | null>> = {
  interp: (factor) => ({ window: 1, step: factor }),
  deblur: () => null,
  sharp: () => ({ window: 1, step: 1 }),
};

const STEP_OF: Readonly<Record<Task, (frame: BlurredFrame) => Step>> = {
  interp: ({ blurred, between }) => ({ input: blurred, truths: between }),
  deblur: ({ blurred, sharp }) => ({ input: blurred, truths: [sharp] }),
  sharp: ({ sharp }) => ({ input: sharp, truths: [sharp] }),
};

/**
 * The sequences of `directory` for `task`: triplets (doubling only), clips to be blurred, or clips as they are. Interpolating,
 * `factor` frames are wanted for each.
 * @throws UserError no-such-file, no-media, unsupported-input
 */
export async function testData(
  tools: MediaTools,
  directory: string,
  task: Task,
  factor = 2,
): Promise<TestData> {
  const folder = await stat(directory).catch(() => null);
  if (!folder?.isDirectory())
    throw new UserError('no-such-file', `There is no folder ${directory}: name one with triplets or clips.`);
  const triplets = task === 'interp' ? await tripletsIn(directory) : [];
  if (triplets.length > 0 && factor > 2)
    throw new UserError(
      'unsupported-input',
      `${directory} holds triplets, which know the frame in the middle alone: measure them without --factor.`,
    );
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
      const blur = clip.blur ?? AS_IT_IS[task](factor);
      if (blur === null)
        throw new UserError(
          'no-such-file',
          `${directory} has no ${INDEX} with the columns blur_window and blur_step, which say how to blur its clips: add it, or measure with --sharp.`,
        );
      if (task === 'interp' && blur.step % factor !== 0)
        throw new UserError(
          'unsupported-input',
          `${clip.name} has a frame every ${blur.step}, so none at every place of ×${factor}: choose another factor, or another blur_step.`,
        );
      return {
        name: clip.name,
        steps: (signal) => clipSteps(tools, clip, { ...blur, factor }, task, signal),
      };
    }),
  };
}

async function* clipSteps(
  tools: MediaTools,
  clip: TestClip,
  { factor, ...blur }: Blur & { readonly factor: number },
  task: Task,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  const info = await probe(tools, clip.path, signal);
  const { width, height } = info.video;
  async function* frames(): AsyncGenerator<RgbImage> {
    for await (const data of readRgbFrames(tools, info, signal)) yield { width, height, data };
  }
  for await (const frame of withMotionBlur(frames(), blur, factor)) yield STEP_OF[task](frame);
}
