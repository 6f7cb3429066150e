import { Option, type Command } from 'commander';
import {
  DEBLUR_METHODS,
  FRAME_FACTORS,
  INTERP_METHODS,
  type DeblurMethod,
  type EvalMotionResult,
  type FrameFactor,
  type InterpMethod,
  type MotionScore,
} from '../shared';
import { table } from './output';
import { report } from './report';

interface MotionFlags<M> {
  readonly method: M | 'all';
  readonly model?: string;
  readonly json?: boolean;
}

const COLUMNS = `
Columns: PSNR over RGB (mean of the frames, a frame without error counting as 100 dB) and that of the worst frame;
SSIM on BT.601 luma; PSNR of the pixels that move between the inputs, and the area they take;
flicker, the mean difference (levels of 255) between how the frames change from one to the next and how the true ones
do; seconds of computing per frame; with --factor 4 and 8 the PSNR at each place between two inputs, in order.`;

/** `clearcut eval interp`. */
export function addEvalInterp(evaluate: Command): void {
  evaluate
    .command('interp')
    .description('Interpolation: frames between two, beside what is known to make them')
    .argument('<dir>', 'triplets, clips with an index.tsv that says how to blur them, or any clips')
    .addOption(methodOption(INTERP_METHODS))
    .option('--model <name>', 'network by name, for the method model')
    .addOption(
      new Option('--factor <n>', 'frames out of one').choices(FRAME_FACTORS.map(String)).default('2'),
    )
    .option('--json', 'machine-readable on stdout')
    .addHelpText(
      'after',
      `
Methods: model (Clearcut's network), motion (Clearcut without one), blend (mean of both neighbours), minterpolate
(ffmpeg), dis (dense inverse search at full size, the mean of both neighbours warped to the new frame's time).
Data: folders with frame10.png, frame10i11.png (the truth) and frame11.png; clips to be blurred by index.tsv (columns
file, blur_window, blur_step), of which the sharp frames between two blurred ones are wanted; or clips, of which
every second frame is left, or with --factor every fourth or eighth.
${COLUMNS}`,
    )
    .action(async (directory: string, flags: MotionFlags<InterpMethod> & { factor: string }) => {
      const { json, factor, ...wish } = flags;
      const request = { directory, ...wish, factor: Number(factor) as FrameFactor };
      await report((engine) => engine.evalInterp(request), { json, describe });
    });
}

/** `clearcut eval deblur`. */
export function addEvalDeblur(evaluate: Command): void {
  evaluate
    .command('deblur')
    .description('Motion deblurring: blurred frames made sharp, beside leaving them alone')
    .argument('<dir>', 'clips with an index.tsv that says how to blur them (--sharp: any clips)')
    .addOption(methodOption(DEBLUR_METHODS))
    .option('--model <name>', 'network by name, for the method model')
    .option('--sharp', 'put the sharp frames in: how far do they come back unharmed?')
    .option('--json', 'machine-readable on stdout')
    .addHelpText(
      'after',
      `
Methods: model (Clearcut's network), input (the frames as they come).
Data: clips to be blurred by index.tsv (columns file, blur_window, blur_step).
${COLUMNS}`,
    )
    .action(async (directory: string, { json, ...wish }: MotionFlags<DeblurMethod> & { sharp?: boolean }) => {
      await report((engine) => engine.evalDeblur({ directory, ...wish }), { json, describe });
    });
}

function methodOption(methods: readonly string[]): Option {
  return new Option('--method <method>', 'what is measured').choices([...methods, 'all']).default('all');
}

const TITLES: Readonly<Record<EvalMotionResult['task'], string>> = {
  interp: 'Interpolation',
  deblur: 'Deblurring',
  sharp: 'Deblurring of sharp frames',
};

/** The result as text: a line a sequence and method, and the means. */
export function describe(result: EvalMotionResult): string[] {
  const { task, directory, material, methods, sequences, mean, notes } = result;
  const byPlace = Object.values(mean).some(({ psnrByPlace }) => psnrByPlace.length > 1);
  const rows = [...sequences, { name: 'mean', scores: mean }].flatMap(({ name, scores }) =>
    methods.flatMap((method) => {
      const score = scores[method.name];
      return score ? [[name, method.name, ...cells(score), ...(byPlace ? [places(score)] : [])]] : [];
    }),
  );
  const columns = ['', 'method', 'PSNR', 'worst', 'SSIM', 'moving', 'area', 'flicker', 's/frame'];
  const frames = sequences.reduce((sum, sequence) => sum + sequence.frames, 0);
  return [
    `${TITLES[task]}: ${sequences.length} ${material} of ${directory}, ${frames} frames by each method`,
    ...methods.map(({ name, description }) => `${name}: ${description}`),
    ...table([[...columns, ...(byPlace ? ['PSNR by place'] : [])], ...rows]),
    ...notes,
  ];
}

function places({ psnrByPlace }: MotionScore): string {
  return psnrByPlace.map((psnr) => psnr.toFixed(2)).join(' ');
}

function cells(score: MotionScore): string[] {
  const known = (value: number | null, text: (value: number) => string): string =>
    value === null ? '–' : text(value);
  return [
    score.psnr.toFixed(2),
    score.psnrMin.toFixed(2),
    score.ssim.toFixed(4),
    known(score.psnrMoving, (value) => value.toFixed(2)),
    known(score.movingShare, (value) => `${(100 * value).toFixed(0)} %`),
    known(score.flicker, (value) => value.toFixed(2)),
    score.secondsPerFrame.toFixed(4),
  ];
}
