import type { MotionSessionOptions } from '../dense-inverse-search/attributes';
import { loadAddon } from './addon';
import { CheckedKernels } from './checked-kernels';
import type { ImplementationName, IsaName } from './implementation';
import type { Kernels } from './kernels';
import type { MotionSession } from './motion-session';
import { referenceImplementation } from './reference-implementation';

export interface LoadOptions {
  /** `auto`: the fastest that runs here. */
  readonly implementation?: 'auto' | ImplementationName;
}

/**
 * The kernels. Without the addon, `auto` gives the reference, and says why.
 *
 * @throws Error for an instruction set that was asked for and isn't there
 */
export function loadKernels(options: LoadOptions = {}): Kernels {
  const wanted = options.implementation ?? 'auto';
  if (wanted === 'reference')
    return new CheckedKernels(referenceImplementation('the reference was asked for.'));
  const addon = loadAddon();
  if (!addon.loaded) {
    if (wanted !== 'auto') throw new Error(`There are no ${wanted} kernels: ${addon.problem}.`);
    return new CheckedKernels(referenceImplementation(`the fast kernels are missing, ${addon.problem}.`));
  }
  const implementation =
    wanted === 'auto' ? [...addon.implementations.values()][0] : addon.implementations.get(wanted);
  if (!implementation) throw new Error(`This processor does not run the ${wanted} kernels.`);
  return new CheckedKernels(implementation);
}

/** A motion session on the fastest kernels that run here; see `Kernels.createMotionSession`. */
export function createMotionSession(options: MotionSessionOptions): MotionSession {
  return loadKernels().createMotionSession(options);
}

/** Compiled kernels that run here, fastest first. */
export function compiledKernels(): readonly IsaName[] {
  const addon = loadAddon();
  return addon.loaded ? ([...addon.implementations.keys()] as IsaName[]) : [];
}
