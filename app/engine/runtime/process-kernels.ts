import { loadKernels, type Kernels } from '../../../kernels';

let loaded: Kernels | null = null;

/** The kernels of this process, loaded once. */
export function processKernels(): Kernels {
  return (loaded ??= loadKernels());
}
