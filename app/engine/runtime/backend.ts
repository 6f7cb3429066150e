import { loadKernels, type Kernels } from '../../../kernels';
import { UserError, type Backend } from '../../shared';

/** Where networks run, as plain data for people. */
export interface BackendChoice {
  readonly name: 'cpu' | 'webgpu';
  /** `CPU, AVX-512, 2 threads` */
  readonly description: string;
  readonly reason: string;
}

let loaded: Kernels | null = null;

/** The kernels of this process, loaded once. */
export function processKernels(): Kernels {
  return (loaded ??= loadKernels());
}

/**
 * The backend for a wish.
 *
 * @throws UserError backend-unavailable
 */
export async function chooseBackend(wanted: Backend): Promise<BackendChoice> {
  if (wanted === 'webgpu')
    throw new UserError(
      'backend-unavailable',
      'This version of Clearcut does not compute on graphics cards yet: use --backend cpu.',
    );
  const { isa, threads, reason } = processKernels();
  const many = threads === 1 ? '1 thread' : `${threads} threads`;
  return {
    name: 'cpu',
    description: `CPU, ${isa}, ${many}`,
    reason: wanted === 'cpu' ? `It was asked for; ${reason}` : `This version computes on the CPU; ${reason}`,
  };
}
