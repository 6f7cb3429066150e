import type { HostTensor, ValueType } from '../../tensor';

/** A part of a model that runs as a whole. */
export interface RunnableSegment {
  /** What it is, for measurements. */
  readonly label: string;
  /** What is known of its outputs before it runs. */
  readonly outputTypes: ReadonlyMap<string, ValueType>;
  /** Reads its inputs from `values` and puts its outputs there; they stay valid until it runs again. */
  run(values: Map<string, HostTensor>): Promise<void>;
  close(): Promise<void>;
}

/** The tensor called `name`, which an earlier segment or the caller has put there. */
export function valueOf(values: ReadonlyMap<string, HostTensor>, name: string): HostTensor {
  const value = values.get(name);
  if (!value) throw new Error(`Nothing gave a value for ${name}.`);
  return value;
}
