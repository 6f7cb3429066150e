import { COLOURS } from './colours';
import { LAYERS } from './layers';
import { FILTERS, POINTS } from './operators';
import type { SelfTest } from './self-test';

export type { GpuSelfTest, SelfTest, SelfTestSize } from './self-test';

/** What a GPU is tried with, by name; the layers first, which are timed. */
export const SELF_TESTS = {
  layers: LAYERS,
  colours: COLOURS,
  filters: FILTERS,
  points: POINTS,
} as const satisfies Record<string, SelfTest>;

export type SelfTestName = keyof typeof SELF_TESTS;
