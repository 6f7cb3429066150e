import { cpus } from 'node:os';
import {
  BENCH_SECTIONS,
  type BenchRequest,
  type BenchResult,
  type BenchRow,
  type BenchSectionName,
} from '../../shared';
import type { MediaTools } from '../media';
import { processKernels } from '../runtime';
import { benchKernels } from '../../../kernels';
import { benchGpu } from './bench-gpu';
import { benchNetwork } from './bench-network';
import { benchPipeline } from './bench-pipeline';
import type { BenchSection } from './bench-section';
import { benchSegment } from './bench-segment';
import { benchSizes } from './bench-sizes';

/** What is measured. */
const SECTIONS: Readonly<Record<BenchSectionName, BenchSection>> = {
  kernels: { name: 'the kernels', run: ({ onProgress }) => benchKernels({ onProgress }) },
  network: { name: 'the parts of the light network', run: benchNetwork },
  sizes: { name: 'all networks', run: benchSizes },
  pipeline: { name: 'the parts of the pipeline', run: benchPipeline },
  segment: { name: 'finding and following objects', run: benchSegment },
  gpu: { name: 'the graphics card', run: benchGpu },
};

/** Measures this computer: every figure in one run, so that ratios hold on a busy machine too. */
export async function bench(
  tools: MediaTools,
  { sections: requested }: BenchRequest,
  onProgress: (line: string) => void,
): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  const asked = requested !== undefined;
  const sections = requested ?? BENCH_SECTIONS;
  for (const name of BENCH_SECTIONS.filter((one) => sections.includes(one))) {
    const section = SECTIONS[name];
    onProgress(`Measuring ${section.name} …`);
    rows.push(...(await section.run({ tools, onProgress, asked })));
  }
  return { machine: cpus()[0]?.model.trim() ?? process.arch, threads: processKernels().threads, rows };
}
