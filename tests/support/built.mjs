import { buildIfStale } from '../../scripts/prepare.mjs';

/** Before all tests: those that run the product run what stands in the sources. */
export function setup() {
  buildIfStale();
}
