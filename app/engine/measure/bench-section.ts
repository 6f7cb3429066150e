import type { BenchRow } from '../../shared';
import type { MediaTools } from '../media';

export interface BenchContext {
  readonly tools: MediaTools;
  readonly onProgress: (line: string) => void;
}

/** A group of measurements. */
export interface BenchSection {
  readonly name: string;
  run(context: BenchContext): Promise<readonly BenchRow[]>;
}
