import { UserError, type Backend } from '../../shared';
import { verdictAtSight, type AdapterVerdict, type GpuUse } from './gpu-choice';
import { processGpu } from './process-gpu';
import { processKernels } from './process-kernels';

/** Where networks run, as plain data for people. */
export interface BackendChoice {
  readonly name: 'cpu' | 'webgpu';
  /** `CPU, AVX-512, 2 threads`, `GPU, NVIDIA H100 80GB HBM3` */
  readonly description: string;
  readonly reason: string;
  /** The graphics card's name. */
  readonly adapter?: string;
}

/** A graphics card, and whether and why networks run there. */
export interface AdapterChoice extends AdapterVerdict {
  readonly chosen: boolean;
}

/** Names a graphics card, as `--gpu` does: a part of its name, or its number. */
export const GPU_VARIABLE = 'CLEARCUT_GPU';

/**
 * The backend for a wish, and for what it is to be used. `auto` takes a graphics card that gives the processor's results sooner.
 *
 * @throws UserError backend-unavailable
 */
export async function chooseBackend(wanted: Backend, use: GpuUse = 'own-layers'): Promise<BackendChoice> {
  if (wanted === 'cpu') return onCpu('It was asked for');
  if (wanted === 'webgpu') return onGpu(use);
  const adapters = await adapterChoices(use);
  const chosen = adapters.find((adapter) => adapter.chosen);
  if (chosen) return gpuChoice(chosen, chosen.why);
  const [first] = adapters;
  if (first) return onCpu(first.why.replace(/\.$/, ''));
  return onCpu(await noGpu());
}

/** All graphics cards with what `auto` thinks of them. @throws UserError backend-unavailable for a named one that is not there */
export async function adapterChoices(use: GpuUse = 'own-layers'): Promise<readonly AdapterChoice[]> {
  const gpu = processGpu();
  const wished = await gpu.wished(wish());
  const choices: AdapterChoice[] = [];
  for (const facts of await gpu.adapters()) {
    const verdict = verdictAtSight(facts) ?? (await gpu.judge(facts, use));
    const chosen =
      verdict.fit && wished.some(({ name }) => name === facts.name) && !choices.some((one) => one.chosen);
    const other = choices.find((one) => one.chosen);
    const why = !chosen && verdict.fit && other ? `${other.facts.name} was taken.` : verdict.why;
    choices.push({ ...verdict, why, chosen });
  }
  return choices;
}

/** A graphics card that was asked for, be it a slow one. @throws UserError backend-unavailable */
async function onGpu(use: GpuUse): Promise<BackendChoice> {
  const gpu = processGpu();
  const problems: string[] = [];
  const adapters = await gpu.wished(wish());
  // A real one first, a program that stands for one if nothing else is there.
  for (const facts of [...adapters].sort((a, b) => Number(a.software) - Number(b.software))) {
    const verdict = await gpu.judge(facts, use);
    if (verdict.right) return gpuChoice(verdict, 'It was asked for.');
    problems.push(verdict.why);
  }
  const why = problems.length > 0 ? problems.join(' ') : `${await noGpu()}.`;
  throw new UserError('backend-unavailable', `${why} Use --backend cpu.`);
}

function gpuChoice({ facts }: AdapterVerdict, reason: string): BackendChoice {
  const { name, driver } = facts;
  const description = driver === '' || driver === name ? `GPU, ${name}` : `GPU, ${name} (${driver})`;
  return { name: 'webgpu', description, reason, adapter: name };
}

function onCpu(why: string): BackendChoice {
  const { isa, threads, reason } = processKernels();
  const many = threads === 1 ? '1 thread' : `${threads} threads`;
  return { name: 'cpu', description: `CPU, ${isa}, ${many}`, reason: `${why}; ${reason}` };
}

async function noGpu(): Promise<string> {
  return (await processGpu().isThere())
    ? 'No graphics card was found'
    : 'Graphics cards can not be used here: the package webgpu is not installed';
}

function wish(): string | undefined {
  return process.env[GPU_VARIABLE] || undefined;
}
