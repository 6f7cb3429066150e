import { InvalidArgumentError, Option, type Command } from 'commander';
import { MODEL_SIZES, type EvalSrResult, type ModelSize, type SrScore } from '../shared';
import { addEvalDeblur, addEvalInterp } from './eval-motion';
import { addEvalMatte, addEvalSegment, addEvalTrack } from './eval-segment';
import { orCancelled, print, printJson, table, withEngine } from './output';

interface EvalFlags {
  readonly scale: number;
  readonly quality?: ModelSize;
  readonly restore?: boolean;
  readonly model?: string;
  readonly json?: boolean;
}

export function addEval(program: Command): void {
  const evaluate = program.command('eval').description('Measure quality on test data');
  evaluate
    .command('sr')
    .description(
      'Super-resolution: PSNR and SSIM on Y (BT.601, 16–235, scale border pixels cropped) beside bicubic',
    )
    .argument('<dir>', 'folder with HR/ and LR/ of equal file names')
    .addOption(
      new Option('--scale <n>', 'enlargement of HR over LR')
        .makeOptionMandatory()
        .argParser((text: string) => {
          const scale = Number(text);
          if (!Number.isInteger(scale) || scale < 1 || scale > 8)
            throw new InvalidArgumentError('Expected a whole number from 1 to 8.');
          return scale;
        }),
    )
    .addOption(
      new Option('--quality <size>', 'size of the network (default: the largest there is)').choices(
        MODEL_SIZES,
      ),
    )
    .option('--restore', 'the network trained on compressed and blurred pictures')
    .option('--model <name>', 'network by name, in place of --quality and --restore')
    .option('--json', 'machine-readable on stdout')
    .action(async (directory: string, { json, ...wish }: EvalFlags) => {
      const result = await withEngine((engine, signal) =>
        orCancelled(engine.evalSr({ directory, ...wish }), signal),
      );
      if (json) printJson(result);
      else print(...describe(result));
    });
  addEvalInterp(evaluate);
  addEvalDeblur(evaluate);
  addEvalSegment(evaluate);
  addEvalMatte(evaluate);
  addEvalTrack(evaluate);
}

function describe(result: EvalSrResult): string[] {
  const cells = (score: SrScore): string[] => [
    score.psnr.toFixed(2),
    score.ssim.toFixed(4),
    score.secondsPerMegapixel.toFixed(4),
  ];
  return [
    `${result.model} on ${result.backend}, ×${result.scale}, ${result.images.length} images of ${result.directory}`,
    ...table([
      ['image', 'PSNR', 'SSIM', 's/MP', 'bicubic PSNR', 'SSIM', 's/MP'],
      ...result.images.map((image) => [image.name, ...cells(image.model), ...cells(image.bicubic)]),
      ['mean', ...cells(result.mean.model), ...cells(result.mean.bicubic)],
    ]),
  ];
}
