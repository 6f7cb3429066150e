import type { Command } from 'commander';
import {
  isEnhanceManifest,
  isInterpolateManifest,
  isSegmentManifest,
  operationsPerPixel,
  type EnhanceManifest,
  type InterpolateManifest,
  type SegmentManifest,
} from '../shared';
import { print, printJson, table, withEngine } from './output';

/** Classes of a network that the table names; `--json` has all. */
const LISTED_CLASSES = 8;

export function addModels(program: Command): void {
  program
    .command('models')
    .description('List the networks that are there, with their measured quality')
    .option('--json', 'machine-readable on stdout')
    .action(async (flags: { json?: boolean }) => {
      const models = await withEngine((engine) => engine.models());
      if (flags.json) {
        printJson({ models });
        return;
      }
      print(
        ...table([
          [
            'NAME',
            'SCALE',
            'SIZE',
            'RESTORES',
            'PARAMETERS',
            'K OPS/PIXEL',
            'MEASURED (PSNR dB / SSIM on Y, 8 bit)',
          ],
          ...models.filter(isEnhanceManifest).map(enhanceCells),
        ]),
      );
      const forMotion = models.filter(isInterpolateManifest);
      if (forMotion.length > 0)
        print(
          '',
          ...table([
            ['NAME', 'TASK', 'SIZE', 'PARAMETERS', 'K OPS/PIXEL', 'MEASURED (PSNR dB / SSIM)'],
            ...forMotion.map(interpolateCells),
          ]),
        );
      const forObjects = models.filter(isSegmentManifest);
      if (forObjects.length > 0)
        print(
          '',
          ...table([
            ['NAME', 'TASK', 'SIZE', 'PARAMETERS', 'M OPS/FRAME + OBJECT', 'MEASURED (MASK AP50)'],
            ...forObjects.map(segmentCells),
          ]),
        );
    });
}

function parameters(model: { readonly parameters: number }): string {
  return `${Math.round(model.parameters / 1000)} K`;
}

function cost(model: EnhanceManifest | InterpolateManifest): string[] {
  return [parameters(model), (operationsPerPixel(model) / 1000).toPrecision(3)];
}

/** Frames as their longer side is made 512. */
function segmentCells(model: SegmentManifest): string[] {
  const millions = (count: number): number => Math.round(count / 1e6);
  return [
    model.name,
    'cut out',
    model.size,
    parameters(model),
    `${millions(model.operations.detector)} + ${millions(model.operations.contours)}`,
    bestClasses(model),
  ];
}

/** Classes that are offered, the best measured first, as many as fit on a line or two. */
function bestClasses({ classes }: SegmentManifest): string {
  const shown = classes
    .filter((one) => one.shown)
    .toSorted((a, b) => (b.ap50 ?? 0) - (a.ap50 ?? 0))
    .map(({ name, ap50 }) => (ap50 === null ? name : `${name} ${ap50.toFixed(2)}`));
  const beyond = shown.length - LISTED_CLASSES;
  return [...shown.slice(0, LISTED_CLASSES), ...(beyond > 0 ? [`and ${beyond} more`] : [])].join(', ');
}

function interpolateCells(model: InterpolateManifest): string[] {
  return [
    model.name,
    'interpolate, deblur',
    model.size,
    ...cost(model),
    model.quality
      .map(
        ({ dataset, measure, psnr, ssim }) => `${dataset} ${measure} ${psnr.toFixed(2)} / ${ssim.toFixed(4)}`,
      )
      .join(', '),
  ];
}

function enhanceCells(model: EnhanceManifest): string[] {
  return [
    model.name,
    `×${model.scale}`,
    model.size,
    model.restore ? 'yes' : 'no',
    ...cost(model),
    model.quality
      .filter(({ precision }) => precision === 'uint8')
      .map(({ dataset, psnrY, ssimY }) => `${dataset} ${psnrY.toFixed(2)} / ${ssimY.toFixed(4)}`)
      .join(', '),
  ];
}
