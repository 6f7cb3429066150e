import type { BenchRow } from '../../shared';
import type { MediaTools } from '../media';

export interface BenchContext {
  readonly tools: MediaTools;
  readonly onProgress: (line: string) => void;
  /** This section was asked for by name, so that lacking what it measures is an error. */
  readonly asked: boolean;
}

/** A group of measurements. */
export interface BenchSection {
  readonly name: string;
  run(context: BenchContext): Promise<readonly BenchRow[]>;
}
