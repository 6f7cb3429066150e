import type { Command } from 'commander';
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
          ['NAME', 'TASK', 'SCALE', 'PARAMETERS', 'MEASURED (PSNR dB / SSIM on Y, 8 bit)'],
          ...models.map((model) => [
            model.name,
            model.task,
            `×${model.scale}`,
            `${Math.round(model.parameters / 1000)} K`,
            model.quality
              .filter((quality) => quality.precision === 'uint8')
              .map(
                (quality) => `${quality.dataset} ${quality.psnrY.toFixed(2)} / ${quality.ssimY.toFixed(4)}`,
              )
              .join(', '),
          ]),
        ]),
      );
    });
}
