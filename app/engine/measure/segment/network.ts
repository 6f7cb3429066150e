import { UserError } from '../../../shared';
import type { Finder } from './finder';

/**
 * The product's own network and tracker.
 * @throws UserError model-missing, backend-unavailable
 */
export function openNetwork(): Promise<Finder> {
  return Promise.reject(
    new UserError(
      'model-missing',
      'No network that cuts out objects is installed, so there is none to measure: put one into the folder of models.',
    ),
  );
}
