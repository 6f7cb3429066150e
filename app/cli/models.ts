import type { Command } from 'commander';
import {
  isEnhanceManifest,
  isInterpolateManifest,
  operationsPerPixel,
  type EnhanceManifest,
  type InterpolateManifest,
  type ModelManifest,
} from '../shared';
import { print, printJson, table, withEngine } from './output';

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
      if (forMotion.length === 0) return;
      print(
        '',
        ...table([
          ['NAME', 'TASK', 'SIZE', 'PARAMETERS', 'K OPS/PIXEL', 'MEASURED (PSNR dB / SSIM)'],
          ...forMotion.map(interpolateCells),
        ]),
      );
    });
}

function cost(model: ModelManifest): string[] {
  return [`${Math.round(model.parameters / 1000)} K`, (operationsPerPixel(model) / 1000).toPrecision(3)];
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
