import type { Command } from 'commander';
import { operationsPerPixel, type ModelManifest } from '../shared';
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
          ...models.map(cells),
        ]),
      );
    });
}

function cells(model: ModelManifest): string[] {
  return [
    model.name,
    `×${model.scale}`,
    model.size,
    model.restore ? 'yes' : 'no',
    `${Math.round(model.parameters / 1000)} K`,
    (operationsPerPixel(model) / 1000).toPrecision(3),
    model.quality
      .filter(({ precision }) => precision === 'uint8')
      .map(({ dataset, psnrY, ssimY }) => `${dataset} ${psnrY.toFixed(2)} / ${ssimY.toFixed(4)}`)
      .join(', '),
  ];
}
