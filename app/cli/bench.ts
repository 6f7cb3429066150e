import { Option, type Command } from 'commander';
import { BENCH_SECTIONS, type BenchRow, type BenchSectionName } from '../shared';
import { gpuOption, wishForGpu } from './gpus';
import { orCancelled, print, printJson, table, withEngine } from './output';

interface Flags {
  readonly only?: BenchSectionName[];
  readonly backend?: 'webgpu';
  readonly gpu?: string;
  readonly json?: boolean;
}

export function addBench(program: Command): void {
  program
    .command('bench')
    .description('Measure the kernels and the pipeline on this computer, as ratios in one run')
    .addOption(
      new Option('--only <section...>', 'measure nothing else (default: everything)').choices(BENCH_SECTIONS),
    )
    .addOption(new Option('--backend <name>', 'webgpu: measure the graphics card alone').choices(['webgpu']))
    .addOption(gpuOption())
    .option('--json', 'machine-readable on stdout')
    .action(async (flags: Flags) => {
      wishForGpu(flags.gpu);
      const sections = flags.only ?? (flags.backend === undefined ? undefined : (['gpu'] as const));
      const request = sections === undefined ? {} : { sections };
      const result = await withEngine((engine, signal) => orCancelled(engine.bench(request), signal));
      if (flags.json) {
        printJson(result);
        return;
      }
      const groups = [...new Set(result.rows.map((row) => row.group))];
      print(`${result.machine}, ${result.threads} threads`);
      for (const group of groups) {
        print(
          '',
          group,
          ...table(result.rows.filter((row) => row.group === group).map(cells)).map((line) => `  ${line}`),
        );
      }
    });
}

function cells(row: BenchRow): string[] {
  return [
    row.name,
    `${format(row.value)} ${row.unit}`,
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}×`,
    row.baseline === undefined ? '' : `${row.baseline.name} (${format(row.baseline.value)} ${row.unit})`,
  ];
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
