import { Option, type Command } from 'commander';
import { print, printJson, table, withEngine } from './output';

/** Which graphics card is meant, where there are several. */
export function gpuOption(): Option {
  return new Option('--gpu <name>', 'graphics card: part of its name, or its number in `clearcut gpus`');
}

/** Lets engines that are started from now on take the card that `--gpu` names. */
export function wishForGpu(name: string | undefined): void {
  if (name !== undefined) process.env['CLEARCUT_GPU'] = name;
}

export function addGpus(program: Command): void {
  program
    .command('gpus')
    .description('List the graphics cards, try them out, and say which one networks run on, and why')
    .option('--json', 'machine-readable on stdout')
    .action(async (flags: { json?: boolean }) => {
      const { gpus, facts } = await withEngine(async (engine) => ({
        gpus: await engine.gpus(),
        facts: await engine.facts(),
      }));
      if (flags.json) {
        printJson({ gpus, backend: facts.backend });
        return;
      }
      const rows = gpus.map(({ name, driver, chosen, why }, index) => [
        `${index + 1}`,
        name,
        driver,
        chosen ? 'taken' : '',
        why,
      ]);
      if (rows.length > 0) print(...table(rows), '');
      print(`Networks run on: ${facts.backend.description}. ${facts.backend.reason}`);
    });
}
