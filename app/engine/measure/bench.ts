import { cpus } from 'node:os';
import type { BenchResult, BenchRow } from '../../shared';
import type { MediaTools } from '../media';
import { processKernels } from '../runtime';
import { benchKernels } from '../../../kernels';
import type { BenchSection } from './bench-section';
import { benchNetwork } from './bench-network';
import { benchPipeline } from './bench-pipeline';

/** What is measured, in order. */
const SECTIONS: readonly BenchSection[] = [
  { name: 'the kernels', run: ({ onProgress }) => benchKernels({ onProgress }) },
  { name: 'the network', run: benchNetwork },
  { name: 'the pipeline', run: benchPipeline },
];

/** Measures this computer: every figure in one run, so that ratios hold on a busy machine too. */
export async function bench(tools: MediaTools, onProgress: (line: string) => void): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  for (const section of SECTIONS) {
    onProgress(`Measuring ${section.name} …`);
    rows.push(...(await section.run({ tools, onProgress })));
  }
  return { machine: cpus()[0]?.model.trim() ?? process.arch, threads: processKernels().threads, rows };
}
